package dev.millrace.edge;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Range request header applied to a representation of known length (RFC 9110 §14). */
sealed interface ByteRange {
  /** No range that this server honours: the whole is sent. */
  record Whole() implements ByteRange {}

  /** Bytes {@code first} to {@code last}, both inclusive. */
  record Part(int first, int last) implements ByteRange {
    int length() {
      return last - first + 1;
    }
  }

  /** Nothing of the range exists: 416. */
  record Unsatisfiable() implements ByteRange {}

  /** One range; several are answered with the whole, which RFC 9110 §14.2 allows. */
  Pattern SINGLE =
      Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*", Pattern.CASE_INSENSITIVE);

  /** Reads the header's value; what is malformed is ignored, as RFC 9110 §14.2 asks. */
  static ByteRange parse(String header, int length) {
    Matcher single = SINGLE.matcher(header);
    if (!single.matches()) {
      return new Whole();
    }
    String from = single.group(1);
    String to = single.group(2);
    if (from.isEmpty()) {
      return to.isEmpty() ? new Whole() : suffix(Long.parseLong(to), length);
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? length - 1L : Long.parseLong(to);
    if (!to.isEmpty() && last < first) {
      return new Whole();
    }
    return first >= length
        ? new Unsatisfiable()
        : new Part((int) first, (int) Math.min(last, length - 1L));
  }

  private static ByteRange suffix(long count, int length) {
    return count == 0 || length == 0
        ? new Unsatisfiable()
        : new Part((int) Math.max(0, length - count), length - 1);
  }
}
