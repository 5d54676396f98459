/**
 * Holds the part logs of streams and their bytes in memory: packagers write through {@link
 * dev.millrace.media.log.PartSink}, edges read through {@link dev.millrace.media.log.PartSource}.
 * Any thread; nothing here creates threads or blocks.
 */
@NullMarked
package dev.millrace.origin;

import org.jspecify.annotations.NullMarked;
