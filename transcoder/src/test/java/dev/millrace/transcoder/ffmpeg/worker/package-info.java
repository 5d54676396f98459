/** The worker's pipeline on real footage, judged by decoding what it made. */
@NullMarked
package dev.millrace.transcoder.ffmpeg.worker;

import org.jspecify.annotations.NullMarked;
