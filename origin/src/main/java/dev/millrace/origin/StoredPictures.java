package dev.millrace.origin;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.StreamPictures;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Thumbnail;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Poster and thumbnails of the presentation that a {@link StreamLog} shows. Any thread: it takes
 * the lock of their {@link StreamStore} where it is not said that the caller has it.
 */
final class StoredPictures {
  private final Object lock;
  private final StreamLog log;
  private final StreamPictures pictures;

  StoredPictures(Object lock, StreamLog log, AtomicLong heldBytes) {
    this.lock = lock;
    this.log = log;
    this.pictures = new StreamPictures(heldBytes);
  }

  /** Replaces the poster; false if it is too large or not of this presentation. */
  boolean poster(long epoch, Picture poster) {
    Told told = new Told();
    synchronized (lock) {
      StreamView view = log.view();
      boolean taken =
          view.opened()
              && !view.ended()
              && epoch >= view.presentationEpoch()
              && pictures.poster(poster);
      if (!taken) {
        return false;
      }
      log.show(new LogRecord.PosterTaken(poster), told);
    }
    told.tell();
    return true;
  }

  /** Adds a thumbnail; false if it is too large, known, or not of the window. */
  boolean thumbnail(Thumbnail thumbnail) {
    Told told = new Told();
    synchronized (lock) {
      StreamView view = log.view();
      boolean taken =
          view.opened()
              && thumbnail.epoch() >= view.presentationEpoch()
              && pictures.thumbnail(thumbnail, view);
      if (!taken) {
        return false;
      }
      log.show(new LogRecord.ThumbnailTaken(thumbnail), told);
    }
    told.tell();
    return true;
  }

  Optional<Picture> poster(long nowNanos) {
    synchronized (lock) {
      return log.isKept(nowNanos) ? pictures.poster() : Optional.empty();
    }
  }

  List<Thumbnail> thumbnails(long nowNanos) {
    synchronized (lock) {
      return log.isKept(nowNanos) ? pictures.thumbnails(log.view()) : List.of();
    }
  }

  /** Under the lock: what a new follower is told. */
  List<LogRecord> replay() {
    return pictures.replay(log.view());
  }

  /** Under the lock: lets go what the playlists do not list any more. */
  void dropUnlisted() {
    pictures.dropUnlisted(log.view());
  }

  /** Under the lock. */
  void dropAll() {
    pictures.dropAll();
  }
}
