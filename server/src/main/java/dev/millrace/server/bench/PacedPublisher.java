package dev.millrace.server.bench;

import dev.millrace.ingest.rtmp.RtmpClient;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One publisher of the synthetic source in real time, paced on its connection's own event loop; it
 * remembers when each recent video frame was sent.
 */
final class PacedPublisher {
  private static final int REMEMBERED = 4096;
  private static final int VIDEO = 9;
  private static final int AUDIO = 8;

  private final RtmpClient client;
  private final SyntheticSource source;
  private final AtomicLongArray sentNanos = new AtomicLongArray(REMEMBERED);
  private long startNanos;
  private long videoNumber;
  private long audioNumber;
  private volatile long bytes;
  private volatile boolean lost;

  PacedPublisher(RtmpClient client, SyntheticSource source) {
    this.client = client;
    this.source = source;
    client
        .closed()
        .thenRun(
            () -> {
              lost = true;
            });
  }

  /** Begins after so long, so that many publishers do not all send at the same instant. */
  ScheduledFuture<?> start(long delayMicros) {
    return client
        .executor()
        .scheduleAtFixedRate(this::sendWhatIsDue, delayMicros, 5_000, TimeUnit.MICROSECONDS);
  }

  /** When this frame was handed to the socket, nanoseconds; 0 if it was not yet. */
  long sentNanos(long videoFrame) {
    return sentNanos.get((int) (videoFrame % REMEMBERED));
  }

  long bytes() {
    return bytes;
  }

  /** Whether the server hung up. */
  boolean lost() {
    return lost;
  }

  private void sendWhatIsDue() {
    if (startNanos == 0) {
      startNanos = System.nanoTime();
      client.send(VIDEO, 0, source.videoHeader());
      client.send(AUDIO, 0, source.audioHeader());
    }
    long now = (System.nanoTime() - startNanos) / 1000;
    boolean sent = false;
    while (true) {
      long video = SyntheticSource.videoTimeUs(videoNumber);
      long audio = SyntheticSource.audioTimeUs(audioNumber);
      if (Math.min(video, audio) > now) {
        break;
      }
      if (video <= audio) {
        sentNanos.set((int) (videoNumber % REMEMBERED), System.nanoTime());
        send(VIDEO, video, source.videoFrame(videoNumber++));
      } else {
        send(AUDIO, audio, source.audioFrame());
        audioNumber++;
      }
      sent = true;
    }
    if (sent) {
      client.flush();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the event loop alone
  private void send(int type, long timeUs, dev.millrace.media.Bytes body) {
    client.send(type, (int) (timeUs / 1000), body);
    bytes += body.length();
  }
}
