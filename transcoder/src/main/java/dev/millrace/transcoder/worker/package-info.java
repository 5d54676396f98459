/**
 * The worker seen from its node: its job and its status lines, and the supervision of the child
 * process. Plain Java: native code is in {@code transcoder.ffmpeg}, which runs in the child only.
 */
@NullMarked
package dev.millrace.transcoder.worker;

import org.jspecify.annotations.NullMarked;
