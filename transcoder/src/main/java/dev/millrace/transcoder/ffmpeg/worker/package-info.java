/**
 * The worker's pipeline: the feed of one stream in, encoded renditions out. Decodes once, scales in
 * a cascade, encodes each rung on a thread of its own; key frames stand exactly where the feed's
 * marks begin segments.
 *
 * <p>Runs in a child process only. Each native object has one Java owner, a final {@code
 * AutoCloseable} class, and lives on the thread of the stage that made it; frames that go from one
 * stage to the next are references of their own.
 */
@NullMarked
package dev.millrace.transcoder.ffmpeg.worker;

import org.jspecify.annotations.NullMarked;
