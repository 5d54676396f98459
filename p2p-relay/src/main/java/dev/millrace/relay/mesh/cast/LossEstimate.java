package dev.millrace.relay.mesh.cast;

import dev.millrace.relay.mesh.Frame;

/**
 * How much is lost on the way to who loses most, as NACKs tell it: follows a NACK at once half of
 * the way, and forgets slowly, so that parity is there before it is asked for. The mesh's executor.
 */
final class LossEstimate {
  private static final double ATTACK = 0.5;
  private static final double DECAY = 0.98;

  /** In any case. */
  static final int MIN_PARITY = 4;

  private static final int MAX_PARITY = 48;

  private double share;

  /** A listener lacks symbols of a block. */
  void nack(Frame.Nack nack, int k) {
    int passed = nack.highest() + 1;
    int came = k - nack.missing();
    if (nack.highest() < k + MAX_PARITY && passed > came && came > 0) {
      double lost = (double) (passed - came) / passed;
      share += lost > share ? ATTACK * (lost - share) : 0;
    }
  }

  /** A block is sent. */
  void sent() {
    share *= DECAY;
  }

  /** Lost of what was sent, 0 to 1. */
  double share() {
    return share;
  }

  /** How many symbols of parity go with a block at once. */
  int parity(int k) {
    return Math.clamp((long) Math.ceil(2 * share * k), MIN_PARITY, MAX_PARITY);
  }
}
