/** Benches of {@code dev.millrace.media.cmaf}. */
@NullMarked
package dev.millrace.bench.cmaf;

import org.jspecify.annotations.NullMarked;
