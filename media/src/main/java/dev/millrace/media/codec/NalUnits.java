package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.ArrayList;
import java.util.List;

/**
 * The NAL units of a sample, each behind its length (ISO/IEC 14496-15 §5.3.2, §8.3.2). Stateless;
 * any thread.
 */
public final class NalUnits {
  private static final int AVC_SLICE = 1;
  private static final int AVC_IDR = 5;
  private static final int HEVC_IDR_W_RADL = 19;
  private static final int HEVC_IDR_N_LP = 20;
  private static final int HEVC_LAST_VCL = 31;

  private NalUnits() {}

  /**
   * The NAL units without their lengths, as slices.
   *
   * @param lengthSize bytes of each length: 1, 2 or 4
   * @throws ProtocolException if the lengths do not add up to the sample
   */
  public static List<Bytes> lengthPrefixed(Bytes sample, int lengthSize) {
    List<Bytes> units = new ArrayList<>();
    for (int at = 0; at < sample.length(); ) {
      int length = unitLength(sample, at, lengthSize);
      units.add(sample.slice(at + lengthSize, length));
      at += lengthSize + length;
    }
    return units;
  }

  /** Whether the lengths add up to the sample; what is damaged on its way seldom does. */
  public static boolean isIntact(Track.Video track, Bytes sample) {
    int lengthSize = lengthSize(track);
    int at = 0;
    while (at < sample.length()) {
      long length = lengthAt(sample, at, lengthSize);
      if (length <= 0 || length > sample.length() - at - lengthSize) {
        return false;
      }
      at += lengthSize + (int) length;
    }
    return true;
  }

  /**
   * Whether decoding can start at this sample and everything after it in output order is right: an
   * IDR picture. Not so are the I frames of an open GOP (H.264 with a recovery point SEI, H.265 CRA
   * and BLA): pictures that follow them may refer to what came before. Looks at the headers up to
   * the first slice only; all slices of a picture agree (ISO/IEC 14496-10 §7.4.1.2.4, 23008-2
   * §7.4.2.2).
   *
   * @throws ProtocolException if the lengths do not add up to the sample as far as they were read
   */
  public static boolean isRandomAccess(Track.Video track, Bytes sample) {
    boolean avc = track.codec() == Track.VideoCodec.AVC;
    int lengthSize = lengthSize(track);
    for (int at = 0; at < sample.length(); ) {
      int length = unitLength(sample, at, lengthSize);
      int header = sample.u8(at + lengthSize);
      int type = avc ? header & 0x1F : header >> 1 & 0x3F;
      if (avc && type >= AVC_SLICE && type <= AVC_IDR) {
        return type == AVC_IDR;
      }
      if (!avc && type <= HEVC_LAST_VCL) {
        return type == HEVC_IDR_W_RADL || type == HEVC_IDR_N_LP;
      }
      at += lengthSize + length;
    }
    return false;
  }

  /** Bytes of the length in front of each NAL unit of the track's samples. */
  public static int lengthSize(Track.Video track) {
    int at = track.codec() == Track.VideoCodec.AVC ? 4 : 21;
    if (track.configuration().length() <= at) {
      throw ProtocolException.malformed(
          "decoder configuration of "
              + track.configuration().length()
              + " bytes, needs "
              + (at + 1)
              + " (ISO/IEC 14496-15 §5.3.3, §8.3.3)");
    }
    return (track.configuration().u8(at) & 3) + 1;
  }

  private static int unitLength(Bytes sample, int at, int lengthSize) {
    int left = sample.length() - at - lengthSize;
    long length = lengthAt(sample, at, lengthSize);
    if (length <= 0 || length > left) {
      throw ProtocolException.malformed(
          "NAL unit length "
              + (left < 0 ? "cut off" : length)
              + " at offset "
              + at
              + " of a sample of "
              + sample.length()
              + " bytes (ISO/IEC 14496-15 §5.3.2)");
    }
    return (int) length;
  }

  /** -1 if the sample ends within the length. */
  private static long lengthAt(Bytes sample, int at, int lengthSize) {
    if (sample.length() - at < lengthSize) {
      return -1;
    }
    return switch (lengthSize) {
      case 1 -> sample.u8(at);
      case 2 -> sample.u16(at);
      case 4 -> sample.u32(at);
      default ->
          throw ProtocolException.malformed(
              "NAL unit length of " + lengthSize + " bytes, must be 1, 2 or 4");
    };
  }
}
