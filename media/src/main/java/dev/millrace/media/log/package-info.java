/**
 * The part log: one ordered log of immutable parts per rendition, from which every playlist on every
 * node is computed; and its two seams, {@link dev.millrace.media.log.PartSink} for writers and
 * {@link dev.millrace.media.log.PartSource} for readers. Values are immutable.
 */
@NullMarked
package dev.millrace.media.log;

import org.jspecify.annotations.NullMarked;
