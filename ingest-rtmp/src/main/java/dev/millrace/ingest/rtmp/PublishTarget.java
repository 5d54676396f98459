package dev.millrace.ingest.rtmp;

import dev.millrace.media.StreamPath;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a publisher wants to go: the application of its connect command and the name of its publish
 * command, which is its stream key and a secret. Both come as a part of a URL, with whatever
 * clients leave in it.
 */
record PublishTarget(String app, String streamKey) {
  private static final Pattern KEY = Pattern.compile("[!-~&&[^/%]]{1,256}");

  /**
   * The application in the form {@code app}, {@code app/}, {@code app/instance}, {@code app?query};
   * instance and query are not looked at. Empty if it cannot be one.
   */
  static Optional<String> app(String text) {
    String path = beforeQuery(text);
    int from = path.startsWith("/") ? 1 : 0;
    int slash = path.indexOf('/', from);
    String app = path.substring(from, slash < 0 ? path.length() : slash);
    String instance = slash < 0 ? "" : path.substring(slash + 1);
    boolean valid = isPlain(app) && (instance.isEmpty() || isPlain(trimSlash(instance)));
    return valid ? Optional.of(app) : Optional.empty();
  }

  /**
   * The stream key in the form {@code key} or {@code key?query}: 1 to 256 visible ASCII characters,
   * no slash, no percent, no {@code ..}. Empty if it cannot be one.
   */
  static Optional<String> streamKey(String text) {
    String key = beforeQuery(text);
    return KEY.matcher(key).matches() && !key.contains("..") ? Optional.of(key) : Optional.empty();
  }

  /** No slash, percent, control character, and no way up. */
  private static boolean isPlain(String text) {
    return StreamPath.isValidSegment(text) && !text.contains("..");
  }

  private static String beforeQuery(String text) {
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  private static String trimSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "PublishTarget[" + app + "]";
  }
}
