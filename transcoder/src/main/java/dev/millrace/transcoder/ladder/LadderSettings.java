package dev.millrace.transcoder.ladder;

import dev.millrace.media.feed.VideoRung.Codec;
import java.util.List;

/**
 * What the operator wants of ladders.
 *
 * @param mode how rungs are chosen
 * @param table what {@link Mode#AUTO} chooses from, and where a replaced source's bit rate is
 *     looked up; from the largest to the smallest
 * @param list the rungs of {@link Mode#LIST}, in any order
 * @param hevc what viewers get of an H.265 source
 * @param audioBitratesBps of the audio rungs, from the highest to the lowest
 */
public record LadderSettings(
    Mode mode,
    List<RungSetting> table,
    List<RungSetting> list,
    HevcPolicy hevc,
    List<Long> audioBitratesBps) {

  /** How rungs are chosen. */
  public enum Mode {
    /** Those of the table that are smaller and slower than the source. */
    AUTO,
    /** No rung at all. */
    NONE,
    /** Those of a list that are not larger than the source. */
    LIST
  }

  /** What viewers get of an H.265 source. */
  public enum HevcPolicy {
    /** A rung of the same size in H.264 takes its place. */
    H264,
    /** The source as it is, with H.264 rungs beside it. */
    PASSTHROUGH
  }

  /** Bit rates for 25 to 60 frames a second. */
  public static final List<RungSetting> DEFAULT_TABLE =
      List.of(
          new RungSetting(2160, 12_000_000, Codec.H264),
          new RungSetting(1440, 8_000_000, Codec.H264),
          new RungSetting(1080, 5_000_000, Codec.H264),
          new RungSetting(720, 2_800_000, Codec.H264),
          new RungSetting(480, 1_200_000, Codec.H264),
          new RungSetting(360, 700_000, Codec.H264));

  /** The automatic ladder with the default table. */
  public static final LadderSettings DEFAULT =
      new LadderSettings(
          Mode.AUTO, DEFAULT_TABLE, List.of(), HevcPolicy.H264, List.of(128_000L, 64_000L));

  public LadderSettings {
    table = List.copyOf(table);
    list = List.copyOf(list);
    audioBitratesBps = List.copyOf(audioBitratesBps);
    if (table.isEmpty()) {
      throw new IllegalArgumentException("the table of rungs must not be empty");
    }
  }
}
