package dev.millrace.ingest.rtmp;

import java.net.URI;
import java.util.Optional;

/**
 * Where a client publishes. The stream key is a secret, so {@code toString} leaves it out.
 *
 * @param tcUrl of the application, {@code rtmp://HOST[:PORT]/APP}
 */
record RtmpTarget(URI tcUrl, String app, String streamKey) {
  private static final int DEFAULT_PORT = 1935;

  /**
   * @param target {@code rtmp://HOST[:PORT]/APP/KEY}; the key may have a query
   * @throws IllegalArgumentException if it has another form
   */
  static RtmpTarget of(URI target) {
    String path = String.valueOf(target.getRawPath());
    int slash = path.indexOf('/', 1);
    if (!"rtmp".equals(target.getScheme()) || target.getHost() == null || slash < 0) {
      throw new IllegalArgumentException("target must be rtmp://HOST[:PORT]/APP/KEY");
    }
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    String app = path.substring(1, slash);
    return new RtmpTarget(
        URI.create("rtmp://" + target.getRawAuthority() + "/" + app),
        app,
        path.substring(slash + 1) + query);
  }

  /**
   * The same stream where a server asks to reconnect to (Enhanced RTMP v2): an absolute or relative
   * tcUrl. Empty if it is none that can be gone to.
   */
  Optional<RtmpTarget> movedTo(String reference) {
    URI moved;
    try {
      moved = tcUrl.resolve(reference);
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
    String path = String.valueOf(moved.getRawPath());
    boolean usable =
        "rtmp".equals(moved.getScheme()) && moved.getHost() != null && path.length() > 1;
    return usable
        ? Optional.of(new RtmpTarget(moved, path.substring(1), streamKey))
        : Optional.empty();
  }

  String host() {
    return tcUrl.getHost();
  }

  int port() {
    return tcUrl.getPort() < 0 ? DEFAULT_PORT : tcUrl.getPort();
  }

  @Override
  public String toString() {
    return tcUrl.toString();
  }
}
