package dev.millrace.transcoder.picture;

/** Samples of one component, 0..255, row by row. One thread; never changed. */
final class Plane {
  private final byte[] samples;
  private final int width;
  private final int height;

  private Plane(byte[] samples, int width, int height) {
    this.samples = samples;
    this.width = width;
    this.height = height;
  }

  /** Copies a part of a decoded plane whose samples are 128 less than they mean. */
  static Plane ofSigned(byte[] decoded, int stride, int left, int top, int width, int height) {
    byte[] samples = new byte[width * height];
    for (int y = 0; y < height; y++) {
      int from = (top + y) * stride + left;
      for (int x = 0; x < width; x++) {
        samples[y * width + x] = (byte) (decoded[from + x] + 128);
      }
    }
    return new Plane(samples, width, height);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int sample(int x, int y) {
    return samples[y * width + x] & 0xFF;
  }

  /** The plane in another size; each sample is the mean of the area that it covers. */
  Plane scaled(int toWidth, int toHeight) {
    if (toWidth == width && toHeight == height) {
      return this;
    }
    return scaledAcross(toWidth).scaledDown(toHeight);
  }

  private Plane scaledAcross(int toWidth) {
    Coverage coverage = Coverage.of(width, toWidth);
    byte[] scaled = new byte[toWidth * height];
    for (int y = 0; y < height; y++) {
      int row = y * width;
      for (int x = 0; x < toWidth; x++) {
        scaled[y * toWidth + x] = (byte) coverage.mean(samples, row, 1, x);
      }
    }
    return new Plane(scaled, toWidth, height);
  }

  private Plane scaledDown(int toHeight) {
    Coverage coverage = Coverage.of(height, toHeight);
    byte[] scaled = new byte[width * toHeight];
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < width; x++) {
        scaled[y * width + x] = (byte) coverage.mean(samples, x, width, y);
      }
    }
    return new Plane(scaled, width, toHeight);
  }

  /**
   * Which samples of a line each new sample covers, and how much of them: {@code weights[i]} are
   * those from {@code first[i]} on, in 1/65536, their sum exactly 1.
   */
  private static final class Coverage {
    private static final int ONE = 1 << 16;

    private final int[] first;
    private final int[][] weights;

    private Coverage(int[] first, int[][] weights) {
      this.first = first;
      this.weights = weights;
    }

    static Coverage of(int from, int to) {
      int[] first = new int[to];
      int[][] weights = new int[to][];
      for (int i = 0; i < to; i++) {
        // New sample i covers [i * from, (i + 1) * from) in units of 1/to of an old one.
        long begin = (long) i * from;
        long end = begin + from;
        first[i] = (int) (begin / to);
        int last = (int) ((end - 1) / to);
        weights[i] = new int[last - first[i] + 1];
        int left = ONE;
        for (int k = first[i]; k < last; k++) {
          long covered = Math.min(end, (k + 1L) * to) - Math.max(begin, (long) k * to);
          weights[i][k - first[i]] = (int) (covered * ONE / from);
          left -= weights[i][k - first[i]];
        }
        weights[i][last - first[i]] = left;
      }
      return new Coverage(first, weights);
    }

    int mean(byte[] samples, int offset, int step, int i) {
      int sum = ONE / 2;
      int at = offset + first[i] * step;
      for (int weight : weights[i]) {
        sum += weight * (samples[at] & 0xFF);
        at += step;
      }
      return sum >> 16;
    }
  }
}
