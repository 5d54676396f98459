package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.packager.RungWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Packages one rendition on a virtual thread of its own, so that encoding never waits for the
 * network. What waits is bounded; when the origin does not take it for so long that the bound is
 * reached, the worker is of no use and fails.
 */
final class QueuedRung implements RungSink {
  /** Some ten seconds of everything that is said of a rendition with 60 frames a second. */
  private static final int MAX_CALLS = 2_000;

  private static final long MAX_BYTES = 16 << 20;

  private final String name;
  private final RungWriter writer;
  private final Failure failure;
  private final LinkedBlockingQueue<Consumer<RungWriter>> calls =
      new LinkedBlockingQueue<>(MAX_CALLS);
  private final AtomicLong bytes = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread thread;

  /** Written by the thread before it is done. */
  private volatile boolean ending;

  QueuedRung(String name, RungWriter writer, Failure failure) {
    this.name = name;
    this.writer = writer;
    this.failure = failure;
    this.thread = Thread.ofVirtual().name("write " + name).start(this::write);
  }

  private void write() {
    try {
      while (!ending) {
        calls.take().accept(writer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure.set(e);
    } finally {
      done.countDown();
    }
  }

  private void call(Consumer<RungWriter> call) {
    if (!failure.happened() && !calls.offer(call)) {
      failure.set(tooSlow());
    }
  }

  private IllegalStateException tooSlow() {
    return new IllegalStateException(
        "the origin does not take " + name + ": " + calls.size() + " calls wait");
  }

  @Override
  public void mark(SegmentMark mark) {
    call(to -> to.mark(mark));
  }

  @Override
  public void describe(Track track, RenditionDescription description) {
    call(to -> to.describe(track, description));
  }

  @Override
  public void frame(Frame frame) {
    int length = frame.data().length();
    if (bytes.addAndGet(length) > MAX_BYTES) {
      failure.set(tooSlow());
      return;
    }
    call(
        to -> {
          bytes.addAndGet(-length);
          to.frame(frame);
        });
  }

  @Override
  public void progress(long sessionUs) {
    call(to -> to.progress(sessionUs));
  }

  @Override
  public void shed(boolean gapsInstead) {
    call(to -> to.shed(gapsInstead));
  }

  @Override
  public void end() {
    call(
        to -> {
          to.end();
          ending = true;
        });
  }

  /**
   * Waits until everything is written, after {@link #end}.
   *
   * @return false if it took longer
   */
  boolean awaitEnd(long millis) throws InterruptedException {
    return done.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Stops writing. */
  void stop() {
    thread.interrupt();
  }
}
