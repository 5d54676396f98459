package dev.millrace.edge;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Who asks, as a 64-bit hash under a secret salt, so that neither addresses nor ids are kept. Any
 * thread.
 */
final class ViewerIdentity {
  private static final int MAX_ID_LENGTH = 64;

  private final long salt;

  /**
   * @param salt secret; the same on all edges whose counts are put together
   */
  ViewerIdentity(long salt) {
    this.salt = salt;
  }

  /** The hash of the {@code viewer} parameter, or else of address and User-Agent. */
  long of(HttpServerRequest request) {
    String id = request.getParam("viewer");
    if (id != null && !id.isEmpty() && id.length() <= MAX_ID_LENGTH) {
      return mix(salt, id);
    }
    String agent = request.getHeader(HttpHeaders.USER_AGENT);
    String address = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    return mix(mix(~salt, address == null ? "" : address), agent == null ? "" : agent);
  }

  /**
   * FNV-1a over the characters, then the finalizer of SplitMix64, so that all bits depend on all.
   */
  static long mix(long seed, String text) {
    long hash = seed ^ 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
