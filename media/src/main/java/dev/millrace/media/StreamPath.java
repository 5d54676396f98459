package dev.millrace.media;

import java.util.regex.Pattern;

/**
 * The public name of a stream, {@code app/name}. Both halves are 1 to 128 characters of {@code A-Z
 * a-z 0-9 _ - . ~} and do not begin with a dot, so that a path is safe in URLs, file names and logs
 * without escaping. The publisher's stream key is a secret and never part of it.
 */
public record StreamPath(String app, String name) implements Comparable<StreamPath> {
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}");

  /**
   * @throws ProtocolException (malformed) if a half has other characters
   */
  public StreamPath {
    check("application", app);
    check("stream name", name);
  }

  /**
   * Reads {@code app/name}.
   *
   * @throws ProtocolException (malformed) if it is anything else
   */
  public static StreamPath parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw ProtocolException.malformed("stream path needs the form app/name, found no '/'");
    }
    return new StreamPath(text.substring(0, slash), text.substring(slash + 1));
  }

  /** Whether the text may be one half of a path. */
  public static boolean isValidSegment(String text) {
    return SEGMENT.matcher(text).matches();
  }

  private static void check(String what, String text) {
    if (!isValidSegment(text)) {
      throw ProtocolException.malformed(
          what
              + " must be 1 to 128 of A-Z a-z 0-9 _ - . ~ and not begin with a dot (found "
              + text.length()
              + " characters)");
    }
  }

  @Override
  public int compareTo(StreamPath other) {
    int byApp = app.compareTo(other.app);
    return byApp != 0 ? byApp : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return app + "/" + name;
  }
}
