package dev.millrace.edge;

import dev.millrace.media.log.Targets;
import io.vertx.core.http.HttpHeaders;

/** What Cache-Control says, by RFC 8216bis appendix B.1 and section 6.2.2. Immutable. */
record CacheRule(CharSequence value) {
  /** Must not outlive this answer: refusals that the next part makes wrong, and 503. */
  static final CacheRule NO_STORE = of("no-store");

  /** Names that do not exist; short, because the next moment may bring them. */
  static final CacheRule SHORT = of("public, max-age=1");

  /** Media: a name never means other bytes. */
  static final CacheRule IMMUTABLE = of("public, max-age=31536000, immutable");

  /** Pages, which name the assets by hash: asked again each time, answered 304. */
  static final CacheRule REVALIDATE = of("no-cache");

  /** A picture that is renewed every few seconds under its name. */
  static final CacheRule POSTER = of("public, max-age=3");

  private static CacheRule of(String value) {
    return new CacheRule(HttpHeaders.createOptimized(value));
  }

  /** A playlist asked for without a directive: at most half a target duration, at most a second. */
  static CacheRule plainPlaylist(Targets targets) {
    return targets.targetDurationS() >= 2 ? SHORT : of("public, max-age=0");
  }

  /** The answer to a blocking reload never changes what it promised: six target durations. */
  static CacheRule blockingPlaylist(Targets targets) {
    return of("public, max-age=" + 6 * targets.targetDurationS());
  }
}
