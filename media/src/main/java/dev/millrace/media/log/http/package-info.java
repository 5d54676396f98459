/**
 * The part log between machines: writers of renditions PUT their parts to the origin by HTTP/1.1.
 * Here are the addresses and headers, for both sides, and the writer's side, {@link
 * dev.millrace.media.log.http.RemoteRenditionSink}; {@code dev.millrace.origin.http} answers it. See
 * docs/develop/internal-http.md. Values are immutable.
 */
@NullMarked
package dev.millrace.media.log.http;

import org.jspecify.annotations.NullMarked;
