package dev.millrace.media.codec;

import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * An st_ref_pic_set() (ISO/IEC 23008-2 §7.3.7). Nothing of it is needed here but its length in
 * bits, which depends on the sets before it when it is predicted from one.
 *
 * @param negative DeltaPocS0: earlier pictures, nearest first
 * @param positive DeltaPocS1: later pictures, nearest first
 */
record HevcShortTermRefPicSet(List<Long> negative, List<Long> positive) {
  private static final int MAX_PICTURES = 16;

  /** Reads the {@code count} sets of an SPS. */
  static void skipAll(BitReader in, int count) {
    HevcShortTermRefPicSet previous = null;
    for (int i = 0; i < count; i++) {
      // In an SPS the set that one is predicted from is always the one before (7-59).
      boolean predicted = previous != null && in.flag(); // inter_ref_pic_set_prediction_flag
      previous = predicted && previous != null ? predicted(in, previous) : explicit(in);
    }
  }

  private static HevcShortTermRefPicSet explicit(BitReader in) {
    int negative = in.ue("num_negative_pics", MAX_PICTURES);
    int positive = in.ue("num_positive_pics", MAX_PICTURES);
    return new HevcShortTermRefPicSet(deltas(in, negative, -1), deltas(in, positive, 1));
  }

  private static List<Long> deltas(BitReader in, int count, int sign) {
    List<Long> deltas = new ArrayList<>();
    long poc = 0;
    for (int i = 0; i < count; i++) {
      poc += sign * (1L + in.ue("delta_poc_minus1", 0x7FFF));
      deltas.add(poc);
      in.skip(1); // used_by_curr_pic_flag
    }
    return deltas;
  }

  /** Equations (7-61) and (7-62), of which the order matters to later predictions. */
  private static HevcShortTermRefPicSet predicted(BitReader in, HevcShortTermRefPicSet ref) {
    boolean minus = in.flag(); // delta_rps_sign
    long magnitude = 1L + in.ue("abs_delta_rps_minus1", 0x7FFF);
    long deltaRps = minus ? -magnitude : magnitude;
    boolean[] useDelta = new boolean[ref.size() + 1];
    for (int j = 0; j < useDelta.length; j++) {
      boolean usedByCurrPic = in.flag();
      useDelta[j] = usedByCurrPic || in.flag();
    }
    int s0 = ref.negative.size();
    List<Long> candidates = new ArrayList<>();
    for (int j = 0; j < useDelta.length; j++) {
      if (useDelta[j]) {
        long base = j == ref.size() ? 0 : j < s0 ? ref.negative.get(j) : ref.positive.get(j - s0);
        candidates.add(base + deltaRps);
      }
    }
    List<Long> negative =
        candidates.stream().filter(poc -> poc < 0).sorted((a, b) -> Long.compare(b, a)).toList();
    List<Long> positive = candidates.stream().filter(poc -> poc > 0).sorted().toList();
    if (negative.size() > MAX_PICTURES || positive.size() > MAX_PICTURES) {
      throw ProtocolException.malformed(
          "predicted reference picture set of "
              + candidates.size()
              + " pictures, at most "
              + MAX_PICTURES
              + " are allowed (ISO/IEC 23008-2 §7.4.8)");
    }
    return new HevcShortTermRefPicSet(negative, positive);
  }

  private int size() {
    return negative.size() + positive.size();
  }
}
