/**
 * Codec configuration: readers of the records and headers by which H.264, H.265, AAC and MP3
 * describe themselves, and {@link dev.millrace.media.codec.Tracks}, which makes tracks of them.
 * Pure functions on one complete unit; only {@link dev.millrace.media.ProtocolException} escapes
 * them, and what they allocate is bounded by their input.
 */
@NullMarked
package dev.millrace.media.codec;

import org.jspecify.annotations.NullMarked;
