package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.StreamView;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of streams in the node's store. A path is in one of three hands: nobody's, mirrored
 * here, or the local writer's ({@link #adopt} and {@link #own} give it to him, {@link #release}
 * takes it back). Any thread.
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

  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** How long the last part of a writer that stops may be on the way. */
  private static final Duration LAST_PART = Duration.ofSeconds(1);

  private final OriginStore store;
  private final PartSource source;
  private final Predicate<StreamPath> ingested;
  private final Duration reconnectWindow;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final Consumer<Replica> changed;

  /** The monitor guards what follows; nothing foreign is called under it. */
  private final Map<StreamPath, Mirror> mirrors = new HashMap<>();

  private final Set<StreamPath> wanted = new HashSet<>();
  private final Set<StreamPath> owned = new HashSet<>();
  private boolean closed;

  /**
   * @param source the other holders of a path; never this node's own store
   * @param ingested whether a path's ingest node is there; when it was not for the whole reconnect
   *     window, the copy is ended
   * @param executor runs one long task for each path; virtual threads
   * @param nanoTime a monotonic clock
   * @param changed hears of every change of a copy's state, in order for each path; must not block
   */
  public Replicas(
      OriginStore store,
      PartSource source,
      Predicate<StreamPath> ingested,
      Duration reconnectWindow,
      Executor executor,
      LongSupplier nanoTime,
      Consumer<Replica> changed) {
    this.store = store;
    this.source = source;
    this.ingested = ingested;
    this.reconnectWindow = reconnectWindow;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.changed = changed;
  }

  /**
   * Which paths are to be mirrored from now on; those that are no more lose their copy, soon. Paths
   * in the hand of the local writer are left alone until they are released.
   */
  public void want(Set<StreamPath> paths) {
    Map<StreamPath, Mirror> dropped = new HashMap<>();
    synchronized (this) {
      wanted.clear();
      wanted.addAll(paths);
      for (StreamPath path : Set.copyOf(mirrors.keySet())) {
        if (!paths.contains(path) && !owned.contains(path)) {
          dropped.put(path, mirrors.remove(path));
        }
      }
      for (StreamPath path : paths) {
        if (!owned.contains(path)) {
          begin(path);
        }
      }
    }
    dropped.forEach((path, mirror) -> mirror.stop(() -> dropUnlessUsed(path)));
  }

  /** The local writer begins a path anew: it is not mirrored. Blocks while a mirror stops. */
  public void own(StreamPath path) {
    Optional<Mirror> mirror;
    synchronized (this) {
      owned.add(path);
      mirror = Optional.ofNullable(mirrors.remove(path));
    }
    mirror.ifPresent(Mirror::stopAndWait);
  }

  /**
   * Waits until a path that is mirrored here is complete.
   *
   * @return whether it is; false if it is not mirrored
   */
  public boolean awaitComplete(StreamPath path, Duration atMost) throws InterruptedException {
    Optional<Mirror> mirror;
    synchronized (this) {
      mirror = Optional.ofNullable(mirrors.get(path));
    }
    return mirror.isPresent() && mirror.get().awaitComplete(atMost);
  }

  /**
   * Gets a path's window and gives the path to the local writer, who goes on with it in the store:
   * at once if it is mirrored here and complete. What could not be got in time is missing. Blocks.
   *
   * @param end what the writer before has put out last is in the view: waited for a moment
   * @return what is in the store then; empty if nothing is there to go on with: the local writer
   *     begins anew, and owns the path all the same
   */
  public Optional<StreamView> adopt(StreamPath path, Duration atMost, Predicate<StreamView> end)
      throws InterruptedException {
    Mirror mirror;
    synchronized (this) {
      owned.add(path);
      mirror = begin(path);
    }
    boolean complete;
    try {
      complete = mirror.awaitComplete(atMost);
      if (complete && !mirror.await(end, LAST_PART)) {
        log.atWarn().addKeyValue("stream", path).log("the end of what is taken up did not come");
      }
    } finally {
      synchronized (this) {
        mirrors.remove(path, mirror);
      }
      mirror.stopAndWait();
    }
    // Going on behind a window that lacks its end would give numbers that viewers have had.
    return complete ? store.view(path).filter(Replicas::canGoOn) : Optional.empty();
  }

  private static boolean canGoOn(StreamView view) {
    return !view.ended()
        && !view.renditions().isEmpty()
        && view.renditions().stream().anyMatch(rendition -> !rendition.segments().isEmpty());
  }

  /** The local writer is done with a path; if it is wanted, it is mirrored again. */
  public synchronized void release(StreamPath path) {
    if (owned.remove(path) && wanted.contains(path)) {
      begin(path);
    }
  }

  /** The copies that are kept. */
  public synchronized List<Replica> replicas() {
    return mirrors.values().stream().map(Mirror::replica).toList();
  }

  /** Ends all mirrors; their copies stay in the store. */
  @Override
  public void close() {
    List<Mirror> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(mirrors.values());
      mirrors.clear();
    }
    all.forEach(Mirror::stopAndWait);
  }

  /** Under the monitor. */
  private Mirror begin(StreamPath path) {
    return mirrors.computeIfAbsent(
        path,
        fresh -> {
          Mirror mirror =
              new Mirror(path, store, source, ingested, reconnectWindow, nanoTime, changed);
          if (closed) {
            mirror.stop(() -> {});
          }
          executor.execute(mirror);
          return mirror;
        });
  }

  private synchronized void dropUnlessUsed(StreamPath path) {
    if (!owned.contains(path) && !mirrors.containsKey(path)) {
      store.drop(path);
    }
  }
}
