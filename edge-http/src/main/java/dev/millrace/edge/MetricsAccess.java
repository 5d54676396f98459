package dev.millrace.edge;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** Who may read {@code /metrics}, which is on the port of the viewers where there are any. */
public enum MetricsAccess {
  /** Nobody. */
  OFF,
  /**
   * Whoever connects from this machine or a private network (RFC 1918, RFC 4193, link-local), and
   * not through a proxy that says that it is one: behind it may be anybody.
   */
  PRIVATE,
  /** Everybody who reaches the port. */
  PUBLIC;

  private static final List<String> SIGNS_OF_A_PROXY =
      List.of("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via");

  boolean admits(HttpServerRequest request) {
    return switch (this) {
      case OFF -> false;
      case PRIVATE ->
          SIGNS_OF_A_PROXY.stream().noneMatch(request.headers()::contains)
              && isPrivate(request.remoteAddress());
      case PUBLIC -> true;
    };
  }

  /** Whether a request comes from this machine, and not through a proxy. */
  static boolean isThisMachine(HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    return address != null
        && SIGNS_OF_A_PROXY.stream().noneMatch(request.headers()::contains)
        && InetAddress.ofLiteral(address).isLoopbackAddress();
  }

  private static boolean isPrivate(SocketAddress remote) {
    String address = remote.hostAddress();
    return address != null && isPrivate(address);
  }

  /**
   * Whether an address is of this machine or of a private network.
   *
   * @param address in numbers
   */
  static boolean isPrivate(String address) {
    try {
      // Of a literal, without asking anybody.
      InetAddress parsed = InetAddress.ofLiteral(address);
      return parsed.isLoopbackAddress()
          || parsed.isSiteLocalAddress()
          || parsed.isLinkLocalAddress()
          || isUniqueLocal(parsed);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** RFC 4193: fc00::/7, which Java does not know. */
  private static boolean isUniqueLocal(InetAddress address) {
    return address instanceof Inet6Address && (address.getAddress()[0] & 0xFE) == 0xFC;
  }
}
