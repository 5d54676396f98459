package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Thumbnail;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import dev.millrace.transcoder.packager.RungWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The end of the cascade: a thumbnail of each segment's first frame and now and then a poster, made
 * of the smallest rung. What the origin does not take in time is dropped, and pictures that cannot
 * be made are said once and left: they are a help, never needed. {@link #close} when nothing comes
 * any more. Owns two JPEG encoders.
 */
final class PictureMaker implements Downstream, AutoCloseable {
  private static final int POSTER_WIDTH = 640;
  private static final int WAITING = 4;
  private static final int MAX_MARKS = 100;

  private final FeedRecord.Opened presentation;
  private final PictureSink sink;
  private final PipelineSettings settings;
  private final Consumer<String> events;
  private final Deque<SegmentMark> marks = new ArrayDeque<>();
  private final ArrayBlockingQueue<Runnable> calls = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread;
  private @Nullable JpegEncoder posters;
  private @Nullable JpegEncoder thumbnails;
  private long posterDueUs = Long.MIN_VALUE;
  private boolean broken;

  PictureMaker(
      FeedRecord.Opened presentation,
      PictureSink sink,
      PipelineSettings settings,
      Consumer<String> events) {
    this.presentation = presentation;
    this.sink = sink;
    this.settings = settings;
    this.events = events;
    this.thread = Thread.ofVirtual().name("pictures").start(this::send);
  }

  private void send() {
    try {
      while (true) {
        calls.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean wants(int ordinal) {
    return ordinal == 0 && !broken;
  }

  @Override
  public void mark(SegmentMark mark) {
    if (!mark.media() || (!marks.isEmpty() && marks.getLast().section() != mark.section())) {
      marks.clear();
      posterDueUs = Long.MIN_VALUE;
    }
    if (mark.media()) {
      marks.add(mark);
    }
    if (marks.size() > MAX_MARKS) {
      marks.remove();
    }
  }

  @Override
  public void frame(VideoFrame frame) {
    try (frame) {
      if (!broken) {
        make(frame);
      }
    } catch (AvError e) {
      broken = true;
      events.accept("no posters and thumbnails any more: " + e.getMessage());
    }
  }

  private void make(VideoFrame frame) {
    SegmentMark begun = null;
    while (!marks.isEmpty() && RungWriter.beginsWith(marks.getFirst(), frame.ptsUs())) {
      begun = marks.removeFirst();
    }
    AVFrame picture = frame.picture();
    if (begun != null) {
      SegmentMark of = begun;
      thumbnails = encoder(thumbnails, picture, settings.thumbnailWidth());
      Picture thumbnail = thumbnails.encode(picture);
      offer(
          () ->
              sink.thumbnail(
                  presentation.path(),
                  new Thumbnail(presentation.epoch(), of.msn(), of.pdtUs(), thumbnail)));
    }
    if (frame.ptsUs() >= posterDueUs) {
      posterDueUs = frame.ptsUs() + settings.posterIntervalUs();
      posters = encoder(posters, picture, Math.min(POSTER_WIDTH, picture.width()));
      Picture poster = posters.encode(picture);
      offer(() -> sink.poster(presentation.path(), presentation.epoch(), poster));
    }
  }

  /** Full means that the origin is slow; the next one will do. */
  private void offer(Runnable call) {
    var _ = calls.offer(call);
  }

  private static JpegEncoder encoder(@Nullable JpegEncoder present, AVFrame like, int width) {
    int even = Math.max(2, width & ~1);
    int height = Math.max(2, (int) Math.round((double) even * like.height() / like.width()) & ~1);
    if (present != null && present.makes(even, height)) {
      return present;
    }
    if (present != null) {
      present.close();
    }
    return new JpegEncoder(even, height);
  }

  @Override
  public void progress(long sessionUs) {}

  @Override
  public void end() {}

  @Override
  public void close() {
    thread.interrupt();
    if (posters != null) {
      posters.close();
    }
    if (thumbnails != null) {
      thumbnails.close();
    }
  }
}
