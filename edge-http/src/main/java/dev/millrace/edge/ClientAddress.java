package dev.millrace.edge;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a viewer is. Behind a proxy on this machine (for TLS) it is what that proxy says, the last
 * address of X-Forwarded-For; of proxies elsewhere nothing is believed, since anybody could be one.
 */
final class ClientAddress {
  private ClientAddress() {}

  /** Empty where nobody knows. */
  static Optional<InetAddress> of(HttpServerRequest request) {
    Optional<InetAddress> remote = read(request.remoteAddress().hostAddress());
    String forwarded = request.getHeader("X-Forwarded-For");
    return forwarded != null && remote.filter(InetAddress::isLoopbackAddress).isPresent()
        ? read(forwarded.substring(forwarded.lastIndexOf(',') + 1).strip())
        : remote;
  }

  private static Optional<InetAddress> read(@Nullable String address) {
    if (address == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
