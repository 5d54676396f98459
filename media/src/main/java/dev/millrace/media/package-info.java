/**
 * The words every other part shares: {@link dev.millrace.media.StreamPath}, {@link
 * dev.millrace.media.Track}, {@link dev.millrace.media.Frame}, {@link dev.millrace.media.Bytes}.
 * Immutable values only; used on any thread.
 */
@NullMarked
package dev.millrace.media;

import org.jspecify.annotations.NullMarked;
