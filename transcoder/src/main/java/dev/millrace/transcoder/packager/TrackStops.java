package dev.millrace.transcoder.packager;

/**
 * Notices a track that has stopped: its media is far behind the other's, and nothing of it has
 * arrived for a while. One that is merely late is waited for.
 */
final class TrackStops {
  /** A track this far behind has stopped if its frames do not arrive either. */
  static final long STOPPED_US = 2_000_000;

  private static final long STOPPED_NANOS = 2_000_000_000L;

  /** A track this far behind counts as stopped although its frames arrive. */
  private static final long LOST_US = 15_000_000;

  private final SourceAdvice advice;
  private long lastVideoNanos;
  private long lastAudioNanos;
  private boolean audioMissing;

  /**
   * @param audioMissing whether audio was announced and has not come
   */
  TrackStops(SourceAdvice advice, long nowNanos, boolean audioMissing) {
    this.advice = advice;
    this.audioMissing = audioMissing;
    lastVideoNanos = nowNanos;
    lastAudioNanos = nowNanos;
  }

  void videoArrived(long nanos) {
    lastVideoNanos = nanos;
  }

  void audioArrived(long nanos) {
    lastAudioNanos = nanos;
    tell(false);
  }

  /** Whether audio that was announced does not come. */
  boolean audioMissing() {
    return audioMissing;
  }

  /** Audio is this far behind video. */
  void audioBehind(long behindUs, long nowNanos) {
    if (stopped(behindUs, nowNanos - lastAudioNanos)) {
      tell(true);
    }
  }

  /** Whether video that is this far behind audio has stopped. */
  boolean videoStopped(long behindUs, long nowNanos) {
    return stopped(behindUs, nowNanos - lastVideoNanos);
  }

  /** Whether frames of video still arrive. */
  boolean videoArrives(long nowNanos) {
    return nowNanos - lastVideoNanos <= STOPPED_NANOS;
  }

  private static boolean stopped(long behindUs, long silentNanos) {
    return behindUs > LOST_US || (behindUs > STOPPED_US && silentNanos > STOPPED_NANOS);
  }

  private void tell(boolean missing) {
    if (missing != audioMissing) {
      audioMissing = missing;
      advice.audioMissing(missing);
    }
  }
}
