package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The byte stream format of H.264 and H.265 (ISO/IEC 14496-10 Annex B, 23008-2 Annex B), which
 * encoders write. Stateless.
 */
final class AnnexB {
  private static final int LENGTH_BYTES = 4;

  private AnnexB() {}

  /** The NAL units between the start codes, as slices, without trailing zeros. */
  static List<Bytes> units(Bytes stream) {
    List<Bytes> units = new ArrayList<>();
    int start = next(stream, 0);
    while (start < stream.length()) {
      int from = start + 3;
      int to = next(stream, from);
      int end = to;
      while (end > from && stream.get(end - 1) == 0) {
        end--;
      }
      if (end > from) {
        units.add(stream.slice(from, end - from));
      }
      start = to;
    }
    return units;
  }

  /** The units, each behind its length of four bytes (ISO/IEC 14496-15 §5.3.2). */
  static Bytes lengthPrefixed(List<Bytes> units) {
    int total = units.stream().mapToInt(unit -> LENGTH_BYTES + unit.length()).sum();
    byte[] sample = new byte[total];
    int at = 0;
    for (Bytes unit : units) {
      int length = unit.length();
      sample[at] = (byte) (length >> 24);
      sample[at + 1] = (byte) (length >> 16);
      sample[at + 2] = (byte) (length >> 8);
      sample[at + 3] = (byte) length;
      unit.copyTo(0, sample, at + LENGTH_BYTES, length);
      at += LENGTH_BYTES + length;
    }
    return Bytes.wrap(sample);
  }

  /** Where the next start code 00 00 01 begins; the length where there is none. */
  private static int next(Bytes stream, int from) {
    int length = stream.length();
    int at = from;
    while (at + 2 < length) {
      int third = stream.get(at + 2);
      if (third > 1 || third < 0) {
        at += 3;
      } else if (third == 1 && stream.get(at) == 0 && stream.get(at + 1) == 0) {
        return at;
      } else {
        at++;
      }
    }
    return length;
  }
}
