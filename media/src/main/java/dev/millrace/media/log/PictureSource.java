package dev.millrace.media.log;

import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where an edge reads posters and thumbnails. Any thread; never blocks. */
public interface PictureSource {
  /** The newest poster of a stream that is live, waiting, or ended and still readable. */
  Optional<Picture> poster(StreamPath path);

  /**
   * The newest poster, asked of those who have the stream if it is not here; empty if none of them
   * has one, or can say.
   */
  default CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    return CompletableFuture.completedStage(poster(path));
  }

  /** The thumbnails of the live window, oldest first. */
  List<Thumbnail> thumbnails(StreamPath path);
}
