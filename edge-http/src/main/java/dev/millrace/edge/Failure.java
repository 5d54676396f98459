package dev.millrace.edge;

/**
 * A request that is not answered with what it asked for.
 *
 * @param message for a person: what was expected
 * @param close whether the connection ends with it
 */
record Failure(int status, String message, CacheRule cache, boolean close) {
  /** The peer broke a format; the next moment may make the same request right. */
  static Failure badRequest(String message) {
    return new Failure(400, message, CacheRule.NO_STORE, false);
  }

  static Failure notFound(String message) {
    return new Failure(404, message, CacheRule.SHORT, false);
  }

  /** Known, but not now; with Retry-After. Never 404 for a stream that may come back. */
  static Failure unavailable(String message) {
    return new Failure(503, message, CacheRule.NO_STORE, false);
  }

  static Failure methodNotAllowed() {
    return new Failure(405, "expected GET, HEAD or OPTIONS", CacheRule.NO_STORE, true);
  }

  static Failure broken() {
    return new Failure(500, "the server failed; its log says why", CacheRule.NO_STORE, true);
  }
}
