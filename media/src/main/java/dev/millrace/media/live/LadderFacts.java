package dev.millrace.media.live;

import java.util.List;

/**
 * What an operator wants to know of the ladder beside a stream, at one instant. Immutable.
 *
 * @param state where it stands
 * @param reason a sentence: why the source's video is replaced, why nothing is encoded, or what the
 *     last worker died of; empty if there is nothing to say
 * @param encoder that makes the video, for example {@code libx264}; empty while none is at work
 * @param node where the worker is, by name; empty where it is the node that tells, or none is there
 * @param restarts workers that had to be replaced since the stream began
 * @param lagMs by how much the worker is behind the source, 0 if it is not or none is at work
 * @param rungs as planned, video from the top down, then audio
 */
public record LadderFacts(
    State state,
    String reason,
    String encoder,
    String node,
    int restarts,
    long lagMs,
    List<RungFacts> rungs) {
  /** No ladder is configured or wanted. */
  public static final LadderFacts OFF = new LadderFacts(State.OFF, "", "", "", 0, 0, List.of());

  public LadderFacts {
    rungs = List.copyOf(rungs);
  }

  /** Where a ladder stands. */
  public enum State {
    /** Nothing is to be encoded. */
    OFF("off"),
    /** A worker starts. */
    STARTING("starting"),
    /** A worker is at work. */
    ENCODING("encoding"),
    /** A worker is being replaced, or a pause before that runs. */
    RECOVERING("recovering"),
    /** Workers died again and again: the source only, until the publisher comes anew. */
    GIVEN_UP("given-up"),
    /** No node has a place for a worker: the source only. */
    NO_CAPACITY("no-capacity");

    private final String word;

    State(String word) {
      this.word = word;
    }

    /** As API and page spell it. */
    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * One rung.
   *
   * @param name of the rendition
   * @param codec {@code h264}, {@code hevc}, {@code av1} or {@code aac}
   * @param width in pixels; 0 for audio
   * @param height in pixels; 0 for audio
   * @param bitrateBps target
   * @param speed of encoding, 1 is real time and more is to spare; 0 if not measured
   * @param fps frames a second that come out; 0 for audio or if not measured
   * @param dropped whether it is left out for now
   * @param reason why it is left out, a sentence; empty if it is not
   */
  public record RungFacts(
      String name,
      String codec,
      int width,
      int height,
      long bitrateBps,
      double speed,
      double fps,
      boolean dropped,
      String reason) {}
}
