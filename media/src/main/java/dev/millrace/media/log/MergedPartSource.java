package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Several holders of streams as one source. Being written; for now it asks the first holder. */
public final class MergedPartSource implements PartSource, PictureSource, AutoCloseable {
  private final Function<StreamPath, List<PartSource>> holders;
  private final Supplier<List<StreamPath>> streams;

  /**
   * @param holders who has a stream now, best first; asked often, must not block. The same holder
   *     must be an equal object each time
   * @param streams what {@link #streams} answers
   * @param nanoTime a monotonic clock
   * @param timer for time limits and pauses; tasks on it are short
   */
  @SuppressWarnings("UnusedVariable")
  public MergedPartSource(
      Function<StreamPath, List<PartSource>> holders,
      Supplier<List<StreamPath>> streams,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      SourceEvents events) {
    this.holders = holders;
    this.streams = streams;
  }

  /** Asks for the holders of all followed streams anew, at once. */
  public void holdersChanged() {}

  /** {@inheritDoc} Empty if nobody has the stream; otherwise it may take a while to begin. */
  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    List<PartSource> found = holders.apply(path);
    return found.isEmpty() ? Optional.empty() : found.getFirst().follow(path, follower);
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    List<PartSource> found = holders.apply(path);
    return found.isEmpty()
        ? CompletableFuture.failedStage(new NoSuchFileException(file))
        : found.getFirst().bytes(path, rendition, file);
  }

  @Override
  public List<StreamPath> streams() {
    return streams.get();
  }

  @Override
  public Optional<Picture> poster(StreamPath path) {
    return Optional.empty();
  }

  @Override
  public List<Thumbnail> thumbnails(StreamPath path) {
    return List.of();
  }

  /** Ends all followings. */
  @Override
  public void close() {}
}
