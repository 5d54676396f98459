package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;

/** Reads one AV1 sequence header; field names and order are those of §5.5. */
final class Av1SequenceHeaderReader {
  private static final int MAX_PROFILE = 2;
  private static final int PROFESSIONAL = 2;
  private static final int HIGH = 1;

  /** seq_level_idx above this (level 3.3) is followed by the tier. */
  private static final int LAST_LEVEL_WITHOUT_TIER = 7;

  /** seq_force_screen_content_tools: each frame chooses. */
  private static final int SELECT_SCREEN_CONTENT_TOOLS = 2;

  private static final int BT709 = 1;
  private static final int SRGB = 13;
  private static final int IDENTITY = 0;

  private final BitReader in;
  private int profile;
  private int level;
  private int tier;
  private boolean reduced;
  private Optional<VideoTiming> timing = Optional.empty();

  Av1SequenceHeaderReader(Bytes payload) {
    in = BitReader.of(payload, "AV1 sequence header (§5.5.1)");
  }

  Av1SequenceHeader read() {
    profile = in.u(3);
    if (profile > MAX_PROFILE) {
      throw ProtocolException.malformed("seq_profile " + profile + ", must be 0..2 (AV1 §6.4.1)");
    }
    in.skip(1); // still_picture
    reduced = in.flag();
    if (reduced) {
      level = in.u(5);
    } else {
      readOperatingPoints();
    }
    int widthBits = in.u(4) + 1;
    int heightBits = in.u(4) + 1;
    int width = in.u(widthBits) + 1;
    int height = in.u(heightBits) + 1;
    skipTools();
    return readColour(width, height);
  }

  private void readOperatingPoints() {
    boolean decoderModel = false;
    int delayBits = 0;
    if (in.flag()) { // timing_info_present_flag
      readTiming();
      decoderModel = in.flag();
      if (decoderModel) {
        delayBits = in.u(5) + 1;
        in.skip(32 + 5 + 5); // num_units_in_decoding_tick and two lengths
      }
    }
    boolean initialDisplayDelay = in.flag();
    int points = in.u(5) + 1;
    for (int i = 0; i < points; i++) {
      in.skip(12); // operating_point_idc
      int pointLevel = in.u(5);
      int pointTier = pointLevel > LAST_LEVEL_WITHOUT_TIER ? in.u(1) : 0;
      if (i == 0) {
        level = pointLevel;
        tier = pointTier;
      }
      if (decoderModel && in.flag()) {
        in.skip(2 * delayBits + 1);
      }
      if (initialDisplayDelay && in.flag()) {
        in.skip(4);
      }
    }
  }

  /** timing_info() §5.5.3. */
  private void readTiming() {
    long unitsInTick = in.u32();
    long timeScale = in.u32();
    boolean equalIntervals = in.flag();
    if (unitsInTick == 0 || timeScale == 0) {
      throw ProtocolException.malformed("timing_info with 0, must be above it (AV1 §6.4.3)");
    }
    int ticksPerPicture = 1;
    if (equalIntervals) {
      // uvlc() §4.10.3 is the code that H.264 calls ue(v)
      ticksPerPicture = in.ue("num_ticks_per_picture_minus_1", Integer.MAX_VALUE - 1) + 1;
    }
    timing = Optional.of(new VideoTiming(unitsInTick, timeScale, ticksPerPicture, equalIntervals));
  }

  private void skipTools() {
    if (!reduced && in.flag()) { // frame_id_numbers_present_flag
      in.skip(4 + 3);
    }
    in.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
    if (!reduced) {
      in.skip(4); // interintra, masked compound, warped motion, dual filter
      boolean orderHint = in.flag();
      if (orderHint) {
        in.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
      }
      int screenContent = in.flag() ? SELECT_SCREEN_CONTENT_TOOLS : in.u(1);
      if (screenContent > 0 && !in.flag()) { // seq_choose_integer_mv
        in.skip(1);
      }
      if (orderHint) {
        in.skip(3); // order_hint_bits_minus_1
      }
    }
    in.skip(3); // enable_superres, enable_cdef, enable_restoration
  }

  /** color_config() §5.5.2. */
  private Av1SequenceHeader readColour(int width, int height) {
    boolean high = in.flag();
    boolean twelve = profile == PROFESSIONAL && high && in.flag();
    int bitDepth = twelve ? 12 : high ? 10 : 8;
    boolean monochrome = profile != HIGH && in.flag();
    boolean told = in.flag();
    int primaries = told ? in.u(8) : ColourDescription.UNSPECIFIED;
    int transfer = told ? in.u(8) : ColourDescription.UNSPECIFIED;
    int matrix = told ? in.u(8) : ColourDescription.UNSPECIFIED;
    boolean subsamplingX = true;
    boolean subsamplingY = true;
    boolean fullRange;
    if (!monochrome && primaries == BT709 && transfer == SRGB && matrix == IDENTITY) {
      fullRange = true;
      subsamplingX = false;
      subsamplingY = false;
    } else {
      fullRange = in.flag();
      if (!monochrome && profile == HIGH) {
        subsamplingX = false;
        subsamplingY = false;
      } else if (!monochrome && profile == PROFESSIONAL) {
        subsamplingX = bitDepth < 12 || in.flag();
        subsamplingY = bitDepth == 12 && subsamplingX && in.flag();
      }
    }
    int position = !monochrome && subsamplingX && subsamplingY ? in.u(2) : 0;
    Optional<ColourDescription> colour =
        told
            ? Optional.of(new ColourDescription(primaries, transfer, matrix, fullRange))
            : Optional.empty();
    return new Av1SequenceHeader(
        profile,
        level,
        tier,
        width,
        height,
        bitDepth,
        monochrome,
        subsamplingX,
        subsamplingY,
        position,
        colour,
        timing);
  }
}
