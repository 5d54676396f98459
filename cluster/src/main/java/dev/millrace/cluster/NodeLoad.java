package dev.millrace.cluster;

/**
 * How busy a node is, as it measures itself.
 *
 * @param cores processors that it may use
 * @param busyCores of them in use by the whole machine, averaged over the last seconds
 * @param bytesOutPerSecond to viewers
 * @param maxBytesOutPerSecond that its line carries; 0 where nobody has said
 * @param viewers that it counts
 * @param workers that encode on it
 * @param maxWorkers that it takes
 */
public record NodeLoad(
    int cores,
    double busyCores,
    long bytesOutPerSecond,
    long maxBytesOutPerSecond,
    int viewers,
    int workers,
    int maxWorkers) {

  /** Nothing known yet. */
  public static final NodeLoad UNKNOWN = new NodeLoad(1, 0, 0, 0, 0, 0, 0);

  /** Processors with nothing to do; never negative. */
  public double freeCores() {
    return Math.max(0, cores - busyCores);
  }
}
