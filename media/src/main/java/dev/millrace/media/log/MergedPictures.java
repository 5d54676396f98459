package dev.millrace.media.log;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The pictures of the presentation that a {@link MergedStream} shows. Guarded by its lock. */
final class MergedPictures {
  private final StreamPictures pictures = new StreamPictures(new AtomicLong());

  /** The presentation whose pictures are kept. */
  private long shown;

  Optional<Picture> poster() {
    return pictures.poster();
  }

  List<Thumbnail> thumbnails(StreamView view) {
    return pictures.thumbnails(view);
  }

  List<LogRecord> replay(StreamView view) {
    return pictures.replay(view);
  }

  /** Keeps a picture; false if it is none that is missing. */
  boolean take(LogRecord.Pictured record, StreamView view) {
    return switch (record) {
      case LogRecord.PosterTaken(Picture poster) ->
          !pictures.poster().equals(Optional.of(poster)) && pictures.poster(poster);
      case LogRecord.ThumbnailTaken(Thumbnail thumbnail) -> pictures.thumbnail(thumbnail, view);
    };
  }

  /** Lets go what the log does not show any more after these records. */
  void told(List<LogRecord> records, StreamView view) {
    for (LogRecord record : records) {
      if (record instanceof LogRecord.Opened opened && opened.epoch() != shown) {
        shown = opened.epoch();
        pictures.dropAll();
      }
    }
    if (!records.isEmpty()) {
      pictures.dropUnlisted(view);
    }
  }
}
