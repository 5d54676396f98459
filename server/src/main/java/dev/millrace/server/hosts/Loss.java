package dev.millrace.server.hosts;

/**
 * Which frames of a wire never arrive: by a model of two states (Gilbert), in one of which all are
 * lost. Immutable.
 *
 * @param share of all frames that is lost, 0 to less than 1
 * @param burst how many are lost in a row, on average; at least 1
 */
public record Loss(double share, double burst) {
  /** All arrive. */
  public static final Loss NONE = new Loss(0, 1);

  public Loss {
    if (!(share >= 0 && share < 1 && burst >= 1)) {
      throw new IllegalArgumentException("no loss: " + share + " in bursts of " + burst);
    }
  }

  /** Each frame by itself, whatever became of the one before. */
  public static Loss random(double share) {
    return new Loss(share, 1 / (1 - share));
  }

  /** The probability that the next frame fares otherwise than the one before it. */
  double turn(boolean lost) {
    return lost ? 1 / burst : share / (1 - share) / burst;
  }
}
