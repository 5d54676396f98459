package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Where an edge reads. Implemented by the origin's store and, from another process, by the edge's
 * remote client; an edge never knows which it has. Any thread.
 */
public interface PartSource {
  /**
   * Follows the logs of a stream: the follower gets the present window first and everything new
   * afterwards, one record at a time, in order, on the source's thread; it must not block.
   *
   * @return empty if the stream is not known here; otherwise a handle that ends the following
   */
  Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower);

  /**
   * Follows as {@link #follow} does, whether or not the stream is known here yet, and tells how the
   * following itself fares. After {@link LogWatcher#gone} nothing more is told.
   */
  default Following watch(StreamPath path, LogWatcher watcher) {
    Optional<Following> following = follow(path, watcher::record);
    if (following.isEmpty()) {
      watcher.gone("the stream is not known there");
      return () -> {};
    }
    watcher.windowComplete();
    return following.get();
  }

  /**
   * The bytes of an initialization section, part or whole segment, by the names of {@link
   * FileName}. The stage completes when they exist, with {@link NoSuchFileException} if they
   * cannot. A part that is a gap has no bytes: that it is missing is told by the playlist, and
   * whoever was given its name as a hint before is not sent away with an error in the middle of an
   * outage.
   */
  CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file);

  /** Whether it can be asked for bytes and pictures, and not only followed. */
  default boolean givesBytes() {
    return true;
  }

  /**
   * The newest poster of a stream, for whoever does not follow it; fails if the source cannot be
   * reached.
   */
  default CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  /** The streams that are live, waiting for their publisher, or ended and still readable. */
  List<StreamPath> streams();

  /** Ends a following. */
  interface Following extends AutoCloseable {
    @Override
    void close();
  }

  /** No such name, and it will not come. */
  final class NoSuchFileException extends RuntimeException {
    public NoSuchFileException(String file) {
      super(file, null, false, false);
    }
  }
}
