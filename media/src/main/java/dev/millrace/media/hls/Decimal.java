package dev.millrace.media.hls;

/**
 * Writes microseconds as the decimal seconds of RFC 8216bis §4.2. Microseconds have six decimals,
 * so that what is written is exact and errors cannot add up.
 */
final class Decimal {
  private static final int MICROS = 1_000_000;

  private Decimal() {}

  /** With all six decimals, for durations: {@code 2.000000}. */
  static StringBuilder appendFull(StringBuilder out, long us) {
    out.append(us / MICROS).append('.');
    return appendPadded(out, us % MICROS, MICROS / 10);
  }

  /** With one decimal or as many as it needs, for what never changes: {@code 0.512}. */
  static StringBuilder appendShort(StringBuilder out, long us) {
    appendFull(out, us);
    int end = out.length();
    while (out.charAt(end - 1) == '0' && out.charAt(end - 2) != '.') {
      end--;
    }
    out.setLength(end);
    return out;
  }

  /** Thousandths as three decimals: {@code 29.970}. */
  static StringBuilder appendMilli(StringBuilder out, int milli) {
    out.append(milli / 1000).append('.');
    return appendPadded(out, milli % 1000, 100);
  }

  /** A number in as many digits as {@code highest} (a power of ten) has. */
  static StringBuilder appendPadded(StringBuilder out, long value, int highest) {
    long rest = value;
    for (int digit = highest; digit > 0; digit /= 10) {
      out.append((char) ('0' + rest / digit));
      rest %= digit;
    }
    return out;
  }
}
