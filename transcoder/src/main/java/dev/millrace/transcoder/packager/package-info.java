/**
 * The packager: turns the frames of one live stream into the part log. A pure, single-threaded
 * state machine ({@link dev.millrace.transcoder.packager.Packager}: events and time in, calls of a
 * {@link dev.millrace.media.log.PartSink} out), and around it one virtual thread a stream ({@link
 * dev.millrace.transcoder.packager.StreamPackager}). Pure Java; no native code.
 */
@NullMarked
package dev.millrace.transcoder.packager;

import org.jspecify.annotations.NullMarked;
