package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Sends packets when they are due, connects again when the connection breaks, and says each second
 * how far it is. Runs on the thread that calls {@link #run}; {@link #stop} on any thread.
 */
final class Publisher {
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);
  private static final long REPORT_EVERY_US = 1_000_000;

  private final PublishOptions options;
  private final PacketSource source;
  private final LongSupplier nanoTime;
  private final PrintStream out;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private long videoFrames;
  private long packets;
  private long nextReportUs = REPORT_EVERY_US;

  Publisher(PublishOptions options, PacketSource source, LongSupplier nanoTime, PrintStream out) {
    this.options = options;
    this.source = source;
    this.nanoTime = nanoTime;
    this.out = out;
  }

  /**
   * Ends {@link #run} and waits a while until it has said good-bye.
   *
   * @return false if it had ended before
   */
  boolean stop(Duration patience) throws InterruptedException {
    if (ended.getCount() == 0) {
      return false;
    }
    stopped.countDown();
    if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      out.println("stopped without a good-bye");
    }
    return true;
  }

  /**
   * Publishes until the end of the media or until stopped.
   *
   * @throws AvError if the server cannot be reached for as long as the options say
   */
  void run() throws InterruptedException {
    try {
      publish();
    } finally {
      ended.countDown();
    }
  }

  private void publish() throws InterruptedException {
    long startNanos = nanoTime.getAsLong();
    boolean more = true;
    while (more) {
      Optional<FlvOutput> connected = connect();
      if (connected.isEmpty()) {
        return;
      }
      try (FlvOutput output = connected.get()) {
        if (packets == 0) {
          startNanos = nanoTime.getAsLong();
        }
        source.keyFrameNext();
        out.println("publishing to " + options.shownUrl());
        more = !sendAll(output, startNanos);
      }
    }
    out.println(progress("finished", source.nextUs()));
  }

  /** Empty if stopped meanwhile. */
  private Optional<FlvOutput> connect() throws InterruptedException {
    long deadline = nanoTime.getAsLong() + options.retry().toNanos();
    boolean told = false;
    do {
      try {
        return Optional.of(new FlvOutput(options.url(), source.tracks()));
      } catch (AvError e) {
        if (nanoTime.getAsLong() - deadline >= 0) {
          throw e;
        }
        if (!told) {
          out.printf("%s; trying for %d s%n", e.getMessage(), options.retry().toSeconds());
          told = true;
        }
      } finally {
        av_log_set_level(told ? AV_LOG_FATAL : AV_LOG_ERROR); // said once is enough
      }
    } while (!stopped.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS));
    return Optional.empty();
  }

  /** Whether it is over; false if the connection broke. */
  private boolean sendAll(FlvOutput output, long startNanos) throws InterruptedException {
    long endUs = options.duration().map(d -> d.toMillis() * 1000).orElse(PacketSource.END);
    long shiftUs = options.startTimestamp().toMillis() * 1000;
    AVPacket packet = av_packet_alloc();
    try {
      for (long dueUs = source.nextUs(); dueUs < endUs; dueUs = source.nextUs()) {
        long waitNanos = startNanos + dueUs * 1000 - nanoTime.getAsLong();
        if (stopped.await(waitNanos, TimeUnit.NANOSECONDS)) {
          return true;
        }
        if (source.read(packet)) {
          packet.dts(packet.dts() + shiftUs);
          packet.pts(packet.pts() + shiftUs);
          send(output, packet);
        }
        report(dueUs);
      }
      return true;
    } catch (ConnectionBroken e) {
      out.println("connection lost, trying again: " + e.getMessage());
      return false;
    } finally {
      av_packet_free(packet);
    }
  }

  private void send(FlvOutput output, AVPacket packet) throws ConnectionBroken {
    boolean video = packet.stream_index() == 0;
    try {
      output.write(packet);
    } catch (AvError e) {
      throw new ConnectionBroken(e);
    } finally {
      av_packet_unref(packet);
    }
    packets++;
    videoFrames += video ? 1 : 0;
  }

  private void report(long dueUs) {
    if (dueUs >= nextReportUs) {
      nextReportUs = dueUs - dueUs % REPORT_EVERY_US + REPORT_EVERY_US;
      out.println(progress("published", dueUs));
    }
  }

  /** Frames are those of the first track: video, or audio where there is no video. */
  private String progress(String verb, long timeUs) {
    String time = timeUs == PacketSource.END ? "end" : "%.3f".formatted(timeUs / 1e6);
    return "%s frames=%d time=%s".formatted(verb, videoFrames, time);
  }

  private static final class ConnectionBroken extends Exception {
    ConnectionBroken(AvError cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }
}
