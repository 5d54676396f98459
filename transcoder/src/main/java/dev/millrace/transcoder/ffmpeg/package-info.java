/**
 * FFmpeg by bytedeco, in child processes only: what decoders and encoders do with strangers' bytes
 * must never take the node down. The node starts {@link dev.millrace.transcoder.ffmpeg.PublishMain}
 * and loads {@link dev.millrace.transcoder.ffmpeg.PublishOptions} alone from here. All on the
 * child's main thread.
 *
 * <p>Each native object has one owner, a final {@code AutoCloseable} class; every return code goes
 * through {@link dev.millrace.transcoder.ffmpeg.av.AvError#check}.
 */
@NullMarked
package dev.millrace.transcoder.ffmpeg;

import org.jspecify.annotations.NullMarked;
