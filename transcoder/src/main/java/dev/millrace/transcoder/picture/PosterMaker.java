package dev.millrace.transcoder.picture;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.Thumbnail;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes posters and thumbnails of the key frames that it is offered, for streams that no worker
 * makes pictures of. All methods but {@link #close} may be called on any thread and never block.
 *
 * <p>The work is done on one thread, {@code pictures}, of the lowest priority. Since a priority
 * means nothing on many systems, it also keeps to a budget: after every picture it rests nine times
 * as long as that kept a processor busy, so that it has a tenth of a core; but not longer than ten
 * seconds, since the first pictures of a process take many times as long as later ones. Where
 * that is not enough for all streams, their pictures come more rarely, in turn.
 *
 * <p>JCodec checks little of what it reads. Whatever it throws costs that picture, and one line in
 * the log for each stream.
 */
public final class PosterMaker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PosterMaker.class);

  /** A little below 5 s, for key frames that come every second or two. */
  private static final Duration INTERVAL = Duration.ofMillis(4_500);

  private static final int POSTER_WIDTH = 640;
  private static final int THUMBNAIL_WIDTH = 160;
  private static final int REST = 9;
  private static final long MAX_REST_NANOS = Duration.ofSeconds(10).toNanos();

  private final PictureSink sink;
  private final LongSupplier nanoTime;
  private final LongSupplier busyNanos;
  private final KeyFrameDecoder decoder;
  private final Thread thread;

  /** Guards the queue and {@code closed}; nothing slow is done under it. */
  private final Object lock = new Object();

  private final KeyFrameQueue queue = new KeyFrameQueue(INTERVAL.toNanos());
  private boolean closed;

  /**
   * Starts the thread.
   *
   * @param sink called on that thread
   * @param nanoTime monotonic clock
   * @param busyNanos how long the calling thread has kept a processor busy
   */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; nothing depends on it
  public PosterMaker(PictureSink sink, LongSupplier nanoTime, LongSupplier busyNanos) {
    this.sink = sink;
    this.nanoTime = nanoTime;
    this.busyNanos = busyNanos;
    this.decoder = new KeyFrameDecoder(nanoTime);
    this.thread =
        Thread.ofPlatform()
            .name("pictures")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .start(this::work);
  }

  /**
   * Offers a key frame. It is passed over while the stream's last picture is less than about five
   * seconds old; else it is kept until its turn comes or the stream's next one replaces it.
   *
   * @param epoch of the presentation
   * @param msn the segment that the frame stands in
   * @param pdtUs wall time of what it shows, microseconds since 1970
   * @param key a frame of the track from which decoding can start; others are passed over
   */
  public void offer(
      StreamPath path, long epoch, long msn, long pdtUs, Track.Video track, Frame key) {
    if (!key.key()) {
      return;
    }
    KeyFrame frame = new KeyFrame(path, epoch, msn, pdtUs, track, key.data());
    synchronized (lock) {
      if (queue.offer(frame, nanoTime.getAsLong())) {
        lock.notifyAll();
      }
    }
  }

  /** Drops what is kept of a stream: it is over, or a worker makes its pictures now. */
  public void forget(StreamPath path) {
    synchronized (lock) {
      queue.forget(path);
    }
  }

  /** Ends the thread; returns when it has ended or two seconds have passed. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long to rest after work of that length. */
  static long restNanos(long workNanos) {
    return Math.clamp(workNanos * REST, 0, MAX_REST_NANOS);
  }

  private void work() {
    try (JpegWriter jpeg = new JpegWriter()) {
      Optional<KeyFrame> frame = next();
      while (frame.isPresent()) {
        long before = busyNanos.getAsLong();
        picture(frame.get(), jpeg);
        rest(restNanos(busyNanos.getAsLong() - before));
        frame = next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a frame; empty when closed. */
  private Optional<KeyFrame> next() throws InterruptedException {
    synchronized (lock) {
      Optional<KeyFrame> frame = Optional.empty();
      while (!closed && frame.isEmpty()) {
        frame = queue.take(nanoTime.getAsLong());
        if (frame.isEmpty()) {
          lock.wait();
        }
      }
      return closed ? Optional.empty() : frame;
    }
  }

  private void rest(long nanos) throws InterruptedException {
    long until = nanoTime.getAsLong() + nanos;
    synchronized (lock) {
      for (long left = nanos; !closed && left > 0; left = until - nanoTime.getAsLong()) {
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      }
    }
  }

  private void picture(KeyFrame frame, JpegWriter jpeg) {
    try {
      YuvPicture decoded = decoder.decode(frame.track(), frame.data());
      YuvPicture poster = decoded.shown(POSTER_WIDTH);
      sink.poster(frame.path(), frame.epoch(), jpegOf(poster, jpeg));
      Picture small = jpegOf(poster.shown(THUMBNAIL_WIDTH), jpeg);
      sink.thumbnail(frame.path(), new Thumbnail(frame.epoch(), frame.msn(), frame.pdtUs(), small));
    } catch (UnsupportedPictureException e) {
      if (firstTrouble(frame.path())) {
        log.atInfo()
            .addKeyValue("stream", frame.path())
            .log("no poster of this stream: JCodec does not decode {}", e.getMessage());
      }
    } catch (RuntimeException e) {
      if (firstTrouble(frame.path())) {
        log.atWarn()
            .addKeyValue("stream", frame.path())
            .log("a key frame could not be decoded for a poster (said once): {}", e.toString());
      }
    }
  }

  private boolean firstTrouble(StreamPath path) {
    synchronized (lock) {
      return queue.firstTrouble(path);
    }
  }

  private static Picture jpegOf(YuvPicture picture, JpegWriter jpeg) {
    return new Picture(
        picture.luma().width(), picture.luma().height(), jpeg.write(picture.toImage()));
  }
}
