/** Benches of {@code dev.millrace.media.hls}. */
@NullMarked
package dev.millrace.bench.hls;

import org.jspecify.annotations.NullMarked;
