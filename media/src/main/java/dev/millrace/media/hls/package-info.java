/**
 * HLS playlists as pure functions of the part log, and the delivery directives of low-latency HLS
 * (draft-pantos-hls-rfc8216bis-22, cited as RFC 8216bis). Called by whoever faces viewers, on any
 * thread; nothing here keeps state, waits or reads a clock.
 */
@NullMarked
package dev.millrace.media.hls;

import org.jspecify.annotations.NullMarked;
