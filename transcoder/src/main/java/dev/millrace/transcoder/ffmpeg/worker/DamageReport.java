package dev.millrace.transcoder.ffmpeg.worker;

import java.util.function.Consumer;

/**
 * Says in one line, at most each ten seconds of media, that and how much of the input was damaged.
 * One thread.
 */
final class DamageReport {
  private static final long INTERVAL_US = 10_000_000;
  private static final long NEVER = Long.MIN_VALUE;

  private final Consumer<String> events;
  private long decoderErrors;
  private long packets;
  private long pictures;
  private long saidAtUs = NEVER;

  DamageReport(Consumer<String> events) {
    this.events = events;
  }

  /** Whether the decoder has refused more than when it was last asked about. */
  boolean grown(long errors) {
    boolean grown = errors > decoderErrors;
    packets += errors - decoderErrors;
    decoderErrors = errors;
    return grown;
  }

  /** A damaged picture came out. */
  void picture(long ptsUs) {
    pictures++;
    say(
        ptsUs,
        "the source's video is damaged at "
            + ptsUs / 1000
            + " ms: the last good picture is shown until the next key frame ("
            + packets
            + " frames refused, "
            + pictures
            + " pictures damaged so far)");
  }

  /** Sound was refused. */
  void sound(long ptsUs) {
    say(
        ptsUs,
        "the source's audio is damaged at "
            + ptsUs / 1000
            + " ms: silence is in its place ("
            + packets
            + " frames refused so far)");
  }

  private void say(long ptsUs, String sentence) {
    if (saidAtUs == NEVER || Math.abs(ptsUs - saidAtUs) >= INTERVAL_US) {
      saidAtUs = ptsUs;
      events.accept(sentence);
    }
  }

  /** Another decoder counts from 0. */
  void reset() {
    decoderErrors = 0;
  }
}
