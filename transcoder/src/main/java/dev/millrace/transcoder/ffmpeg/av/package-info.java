/**
 * What every part of FFmpeg's use in child processes needs: return codes in words. All on whatever
 * thread calls; stateless.
 */
@NullMarked
package dev.millrace.transcoder.ffmpeg.av;

import org.jspecify.annotations.NullMarked;
