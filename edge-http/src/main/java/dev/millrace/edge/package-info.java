/**
 * The viewer-facing HTTP server: playlists (RFC 8216bis, low latency), parts and segments, the API
 * and the pages. Reads only through {@link dev.millrace.media.log.PartSource}. Requests are
 * answered on Vert.x event loops, which nothing blocks; each loop keeps its own held requests.
 */
@NullMarked
package dev.millrace.edge;

import org.jspecify.annotations.NullMarked;
