package dev.millrace.transcoder.packager;

/** When the last key frames of a track were shown, in session time. */
final class KeyFrameTimes {
  private static final int KEPT = 64;

  private final long[] ptsUs = new long[KEPT];
  private int count;

  void add(long keyPtsUs) {
    ptsUs[count++ % KEPT] = keyPtsUs;
  }

  /** Whether one of them was shown at this time, give or take so much. */
  boolean near(long us, long toleranceUs) {
    for (int i = 0; i < Math.min(count, KEPT); i++) {
      if (Math.abs(ptsUs[i] - us) <= toleranceUs) {
        return true;
      }
    }
    return false;
  }

  /** Session time begins anew. */
  void clear() {
    count = 0;
  }
}
