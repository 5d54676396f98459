package dev.millrace.media.live;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;

/**
 * How long a publication has been without something it needs: its other tracks, a codec
 * configuration, a key frame. Time passes only with the tags that arrive; a publisher that sends
 * nothing at all is its connection's business. One thread.
 */
final class StartDeadline {
  private final FlvLimits limits;
  private final Progress video = new Progress();
  private final Progress audio = new Progress();
  private final Lack videoConfiguration = new Lack("video frames without a sequence header");
  private final Lack audioConfiguration = new Lack("audio frames without a sequence header");
  private final Lack keyFrame = new Lack("video frames without a key frame");
  private boolean begun;
  private long firstNanos;
  private long nowNanos;

  StartDeadline(FlvLimits limits) {
    this.limits = limits;
  }

  /** Time passes: a tag of audio or video has come. */
  void tick(long nanos) {
    if (!begun) {
      begun = true;
      firstNanos = nanos;
    }
    nowNanos = nanos;
  }

  /** The tag was a frame. Timestamps of headers tell nothing: many publishers send them as 0. */
  void frame(MediaType type, int timestampMs, long nanos) {
    tick(nanos);
    (type == MediaType.VIDEO ? video : audio).reach(timestampMs);
  }

  /** Whether tracks that have not shown themselves are no longer waited for. */
  boolean probeIsOver() {
    long probeMs = limits.probe().toMillis();
    return nowNanos - firstNanos >= limits.probe().toNanos()
        || video.elapsedMs >= probeMs
        || audio.elapsedMs >= probeMs;
  }

  /**
   * The publication has not started yet.
   *
   * @throws ProtocolException if it should have by now
   */
  void requireStart(boolean videoConfigured) {
    if (nowNanos - firstNanos > limits.start().toNanos()) {
      throw ProtocolException.malformed(
          (videoConfigured ? "no key frame" : "no codec configuration")
              + " within "
              + limits.start().toSeconds()
              + " s of the first tag");
    }
  }

  /**
   * A frame came whose track is not configured yet.
   *
   * @throws ProtocolException if that has gone on for too long
   */
  void withoutConfiguration(MediaType type, int bytes) {
    (type == MediaType.VIDEO ? videoConfiguration : audioConfiguration).add(bytes);
  }

  /**
   * A frame came that needs a key frame before it.
   *
   * @throws ProtocolException if that has gone on for too long
   */
  void withoutKeyFrame(int bytes) {
    keyFrame.add(bytes);
  }

  /** A key frame came. */
  void keyFrame() {
    keyFrame.end();
  }

  /** How far a track's own clock has moved since its first frame. */
  private static final class Progress {
    private boolean begun;
    private int firstMs;
    private int elapsedMs;

    void reach(int timestampMs) {
      if (!begun) {
        begun = true;
        firstMs = timestampMs;
      }
      elapsedMs = timestampMs - firstMs;
    }
  }

  /** Something that is missing, since when, and how many bytes it has cost. */
  private final class Lack {
    private final String what;
    private boolean begun;
    private long sinceNanos;
    private long bytes;

    Lack(String what) {
      this.what = what;
    }

    void add(int frameBytes) {
      if (!begun) {
        begun = true;
        sinceNanos = nowNanos;
      }
      bytes += frameBytes;
      if (nowNanos - sinceNanos > limits.start().toNanos() || bytes > limits.startBytes()) {
        throw ProtocolException.malformed(
            "%s for %.1f s (%d bytes), at most %d s (%d bytes)"
                .formatted(
                    what,
                    (nowNanos - sinceNanos) / 1e9,
                    bytes,
                    limits.start().toSeconds(),
                    limits.startBytes()));
      }
    }

    void end() {
      begun = false;
      bytes = 0;
    }
  }
}
