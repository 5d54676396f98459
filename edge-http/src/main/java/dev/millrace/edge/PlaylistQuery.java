package dev.millrace.edge;

import dev.millrace.media.hls.Directives;

/**
 * All of a playlist request that its answer depends on; who asks is not part of it.
 *
 * @param rendition of the media or I-frame playlist; empty for the multivariant playlist
 * @param gzip whether the client accepts gzip
 */
record PlaylistQuery(Kind kind, String rendition, Directives directives, boolean gzip) {
  /** The playlists of a stream. */
  enum Kind {
    /** The multivariant playlist. */
    MULTIVARIANT,
    /** A rendition's media playlist. */
    MEDIA,
    /** A video rendition's I-frame playlist. */
    I_FRAMES
  }
}
