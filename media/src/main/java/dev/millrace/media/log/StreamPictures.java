package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The poster of one stream and the thumbnails of its window. Not thread-safe: whoever has it guards
 * it.
 */
public final class StreamPictures {
  public static final int MAX_POSTER_BYTES = 512 * 1024;
  public static final int MAX_THUMBNAIL_BYTES = 64 * 1024;
  public static final int MAX_THUMBNAILS = 1024;
  public static final long MAX_THUMBNAILS_BYTES = 8L << 20;

  /** Bytes of the pictures of all streams of the node. */
  private final AtomicLong heldBytes;

  private @Nullable Picture poster;

  /** By media sequence number. */
  private final TreeMap<Long, Thumbnail> thumbnails = new TreeMap<>();

  private long thumbnailBytes;

  /** No pictures yet; the bytes of those that come are counted in {@code heldBytes}. */
  public StreamPictures(AtomicLong heldBytes) {
    this.heldBytes = heldBytes;
  }

  /** Replaces the poster; false if it is too large. */
  public boolean poster(Picture next) {
    if (next.jpeg().length() > MAX_POSTER_BYTES) {
      return false;
    }
    heldBytes.addAndGet(next.jpeg().length() - (poster == null ? 0 : poster.jpeg().length()));
    poster = next;
    return true;
  }

  /** Adds a thumbnail; false if it is too large, not of the window, or there is one already. */
  public boolean thumbnail(Thumbnail next, StreamView view) {
    int size = next.picture().jpeg().length();
    boolean listed = next.msn() >= oldestListed(view) && next.msn() <= newestListed(view) + 1;
    if (size > MAX_THUMBNAIL_BYTES || !listed || thumbnails.containsKey(next.msn())) {
      return false;
    }
    thumbnails.put(next.msn(), next);
    count(size);
    dropUnlisted(view);
    while (thumbnails.size() > MAX_THUMBNAILS || thumbnailBytes > MAX_THUMBNAILS_BYTES) {
      dropOldest();
    }
    return true;
  }

  /** The newest poster. */
  public Optional<Picture> poster() {
    return Optional.ofNullable(poster);
  }

  /** Those of the window, oldest first. */
  public List<Thumbnail> thumbnails(StreamView view) {
    return List.copyOf(thumbnails.tailMap(oldestListed(view), true).values());
  }

  /** The records that tell these pictures to a new follower. */
  public List<LogRecord> replay(StreamView view) {
    List<LogRecord> records = new ArrayList<>();
    poster().map(LogRecord.PosterTaken::new).ifPresent(records::add);
    thumbnails(view).stream().map(LogRecord.ThumbnailTaken::new).forEach(records::add);
    return records;
  }

  /** Lets go what the playlists do not list any more. */
  public void dropUnlisted(StreamView view) {
    long oldest = oldestListed(view);
    while (!thumbnails.isEmpty() && thumbnails.firstKey() < oldest) {
      dropOldest();
    }
  }

  /** Lets all go. */
  public void dropAll() {
    heldBytes.addAndGet(-thumbnailBytes - (poster == null ? 0 : poster.jpeg().length()));
    poster = null;
    thumbnails.clear();
    thumbnailBytes = 0;
  }

  private void dropOldest() {
    count(-thumbnails.pollFirstEntry().getValue().picture().jpeg().length());
  }

  private void count(int bytes) {
    thumbnailBytes += bytes;
    heldBytes.addAndGet(bytes);
  }

  private static long oldestListed(StreamView view) {
    return view.renditions().stream()
        .map(RenditionView::segments)
        .filter(segments -> !segments.isEmpty())
        .mapToLong(segments -> segments.getFirst().msn())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static long newestListed(StreamView view) {
    return view.renditions().stream()
        .map(RenditionView::segments)
        .filter(segments -> !segments.isEmpty())
        .mapToLong(segments -> segments.getLast().msn())
        .max()
        .orElse(Long.MIN_VALUE);
  }
}
