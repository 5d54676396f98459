package dev.millrace.transcoder.feed;

/**
 * What one feed may hold in memory. Frames are shared between history and queues; an array is
 * counted wherever it is referred to.
 *
 * @param marks of the past that a newcomer is told; more than the window and what a rung may be
 *     behind
 * @param historyFrames since the newest mark with a key frame
 * @param historyBytes of those frames
 * @param queueFrames that wait for one subscriber; beyond, it loses them
 * @param queueBytes of those frames
 */
public record FeedLimits(
    int marks, int historyFrames, long historyBytes, int queueFrames, long queueBytes) {
  /** 20 minutes of 2 s segments; a minute between key frames; 25 s of 20 Mbit/s for the slow. */
  public static final FeedLimits DEFAULT =
      new FeedLimits(600, 6_000, 32L << 20, 12_000, 64L << 20);

  public FeedLimits {
    if (marks <= 0 || queueFrames < historyFrames || queueBytes < historyBytes) {
      throw new IllegalArgumentException("a queue must hold the history");
    }
  }
}
