package dev.millrace.edge;

import dev.millrace.media.hls.Directives;

/**
 * All of a playlist request that its answer depends on; who asks is not part of it.
 *
 * @param rendition of the media playlist; empty for the multivariant playlist
 * @param gzip whether the client accepts gzip
 */
record PlaylistQuery(String rendition, Directives directives, boolean gzip) {
  boolean isMultivariant() {
    return rendition.isEmpty();
  }
}
