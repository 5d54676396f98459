package dev.millrace.relay.iptv;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the question mark of a channel's line. Immutable. */
final class LineOptions {
  /** Numbers only: no name is looked up for an address. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.]+]");

  private final Map<String, String> options;

  private LineOptions(Map<String, String> options) {
    this.options = options;
  }

  /**
   * Reads them.
   *
   * @param query null if there is none
   * @throws IllegalArgumentException if one is not among the names, with {@code expected}
   */
  static LineOptions read(@Nullable String query, Set<String> names, String expected) {
    Map<String, String> options = new LinkedHashMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        if (equals < 0 || !names.contains(name)) {
          throw new IllegalArgumentException("option '" + pair + "', expected " + expected);
        }
        options.put(name, pair.substring(equals + 1));
      }
    }
    return new LineOptions(options);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /** An option, or what holds without it. */
  <T> T get(String name, T fallback, Function<String, Optional<T>> reader) {
    String text = options.get(name);
    if (text == null) {
      return fallback;
    }
    return reader
        .apply(text)
        .orElseThrow(
            () -> new IllegalArgumentException("option " + name + " cannot be '" + text + "'"));
  }

  /** The options {@code second} and {@code second-interface}. */
  Optional<IptvChannel.SecondPath> second() {
    return text("second")
        .map(text -> new IptvChannel.SecondPath(address(text, "second"), text("second-interface")));
  }

  private static InetSocketAddress address(String text, String option) {
    int colon = text.lastIndexOf(':');
    Optional<Integer> port = colon < 0 ? Optional.empty() : number(text.substring(colon + 1));
    if (port.isEmpty()) {
      throw new IllegalArgumentException(option + " '" + text + "', expected GROUP:PORT");
    }
    return new InetSocketAddress(address(text.substring(0, colon)), port.get());
  }

  /** GROUP:PORT, numbers only. */
  static InetSocketAddress groupPort(String text) {
    return address(text, "address");
  }

  static InetAddress address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "', expected an IPv4 or [IPv6] address");
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("'" + text + "', expected an address", e);
    }
  }

  static Optional<Integer> number(String text) {
    return text.matches("[0-9]{1,5}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  static Optional<Boolean> truth(String text) {
    return text.equals("true") || text.equals("false")
        ? Optional.of(text.equals("true"))
        : Optional.empty();
  }

  static String hostPort(InetSocketAddress to) {
    return IptvChannel.bracketed(to.getAddress()) + ":" + to.getPort();
  }
}
