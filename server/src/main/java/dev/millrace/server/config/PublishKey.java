package dev.millrace.server.config;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A stream key and the path that it publishes. Several keys may stand for one path: they are
 * different credentials. The key is a secret, so {@code toString} leaves it out.
 *
 * @param key 8 to 256 visible ASCII characters without comma, quotes, backslash, {@code ..} and
 *     what has a meaning in a URL: {@code ? & / %}
 */
public record PublishKey(StreamPath path, String key) {
  private static final Pattern KEY = Pattern.compile("(?!.*\\.\\.)[!-~&&[^,?&/%\"'\\\\]]{8,256}");

  public PublishKey {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("a stream key has 8 to 256 visible characters");
    }
  }

  /** Empty if the path or the key cannot be one. */
  static Optional<PublishKey> of(String path, String key) {
    try {
      return KEY.matcher(key).matches()
          ? Optional.of(new PublishKey(StreamPath.parse(path), key))
          : Optional.empty();
    } catch (ProtocolException e) {
      return Optional.empty();
    }
  }

  /** Reads {@code app/name=KEY, app/name=KEY}; nothing is the empty list. */
  static Optional<List<PublishKey>> readAll(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    List<PublishKey> keys = new ArrayList<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      Optional<PublishKey> key =
          equals < 0
              ? Optional.empty()
              : of(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      if (key.isEmpty()) {
        return Optional.empty();
      }
      keys.add(key.get());
    }
    return Optional.of(List.copyOf(keys));
  }

  static String writeAll(List<PublishKey> keys) {
    return keys.stream().map(key -> key.path() + "=" + key.key()).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return "PublishKey[path=" + path + ", key=<secret>]";
  }
}
