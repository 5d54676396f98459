package dev.millrace.cluster.placement;

import dev.millrace.media.StreamPath;

/**
 * Streams of a kind and how many copies they get.
 *
 * @param pattern of the path: {@code *} is any run of characters, the slash too, {@code ?} any one
 * @param replicas at least 1
 */
public record StreamClass(String pattern, int replicas) {
  /**
   * @throws IllegalArgumentException if there would be no copy, or the pattern is empty or longer
   *     than a path
   */
  public StreamClass {
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas " + replicas + ", must be at least 1");
    }
    if (pattern.isEmpty() || pattern.length() > 300) {
      throw new IllegalArgumentException(
          "a pattern has 1 to 300 characters (found " + pattern.length() + ")");
    }
  }

  /** Whether the stream is one of these. */
  public boolean matches(StreamPath path) {
    return matches(path.toString());
  }

  /** Goes back to the last star only, so the time is bounded by the product of the lengths. */
  private boolean matches(String text) {
    int at = 0;
    int in = 0;
    int star = -1;
    int resume = 0;
    while (at < text.length()) {
      if (in < pattern.length() && pattern.charAt(in) == '*') {
        star = in++;
        resume = at;
      } else if (in < pattern.length()
          && (pattern.charAt(in) == '?' || pattern.charAt(in) == text.charAt(at))) {
        in++;
        at++;
      } else if (star >= 0) {
        in = star + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (in < pattern.length() && pattern.charAt(in) == '*') {
      in++;
    }
    return in == pattern.length();
  }
}
