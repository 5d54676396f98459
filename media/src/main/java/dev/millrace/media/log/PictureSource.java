package dev.millrace.media.log;

import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;

/** Where an edge reads posters and thumbnails. Any thread; never blocks. */
public interface PictureSource {
  /** The newest poster of a stream that is live, waiting, or ended and still readable. */
  Optional<Picture> poster(StreamPath path);

  /** The thumbnails of the live window, oldest first. */
  List<Thumbnail> thumbnails(StreamPath path);
}
