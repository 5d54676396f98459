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
    I_FRAMES,
    /** The multivariant playlist that names classic media playlists. */
    CLASSIC_MULTIVARIANT,
    /** A rendition's media playlist of whole segments. */
    CLASSIC;

    /** Whether it can be asked for before it is due (RFC 8216bis §6.2.5.2). */
    boolean isBlocking() {
      return this == MEDIA || this == I_FRAMES;
    }

    /** Whether who plays asks for it again and again. */
    boolean isOfPlayback() {
      return this == MEDIA || this == CLASSIC;
    }
  }
}
