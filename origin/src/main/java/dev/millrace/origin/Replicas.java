package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.StreamView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Keeps copies of streams in the node's store. Being written.
 *
 * <p>A path is in one of three hands: nobody's, mirrored here, or the local writer's ({@link
 * #adopt} and {@link #own} give it to him, {@link #release} takes it back).
 */
public final class Replicas implements AutoCloseable {
  /** How far a copy is. */
  public enum State {
    /** It lacks parts of the window. */
    FILLING,
    /** Complete, and new parts come. */
    LIVE,
    /** Complete, and the newest that came are gaps: the publisher is away. */
    AWAY,
    /** Complete and over. */
    ENDED
  }

  /**
   * A copy that is kept.
   *
   * @param epoch of the newest session in it; 0 while nothing is there
   */
  public record Replica(StreamPath path, State state, long epoch) {}

  /**
   * @param source the other holders of a path; never this node's own store
   * @param ingested whether a path's ingest node is there; when it was not for the whole reconnect
   *     window, the copy is ended
   * @param executor runs one long task for each path; virtual threads
   * @param nanoTime a monotonic clock
   * @param changed hears of every change of a copy's state, in order for each path; must not block
   */
  @SuppressWarnings("UnusedVariable")
  public Replicas(
      OriginStore store,
      PartSource source,
      Predicate<StreamPath> ingested,
      Duration reconnectWindow,
      Executor executor,
      LongSupplier nanoTime,
      Consumer<Replica> changed) {}

  /**
   * Which paths are to be mirrored from now on; those that are no more lose their copy. Paths in
   * the hand of the local writer are left alone, until they are released.
   */
  @SuppressWarnings("UnusedVariable")
  public void want(Set<StreamPath> paths) {}

  /** The local writer begins a path that nobody has: it is not mirrored. */
  @SuppressWarnings("UnusedVariable")
  public void own(StreamPath path) {}

  /**
   * Gets a path's window and gives the path to the local writer, who goes on with it in the store:
   * at once if it is mirrored here and complete. Blocks.
   *
   * @return what is in the store then; empty if nothing came in time: the local writer begins anew
   */
  @SuppressWarnings("UnusedVariable")
  public Optional<StreamView> adopt(StreamPath path, Duration atMost) throws InterruptedException {
    return Optional.empty();
  }

  /** The local writer is done with a path; if it is wanted, it is mirrored again. */
  @SuppressWarnings("UnusedVariable")
  public void release(StreamPath path) {}

  /** The copies that are kept. */
  public List<Replica> replicas() {
    return List.of();
  }

  /** Ends all mirrors; their copies stay in the store. */
  @Override
  public void close() {}
}
