package dev.millrace.transcoder.ffmpeg.av;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** FFmpeg refused a call. The message says what was tried and FFmpeg's own word for why not. */
public final class AvError extends RuntimeException {
  private AvError(String message) {
    super(message);
  }

  /**
   * Passes on what is not an error.
   *
   * @param action completes "cannot ..."
   */
  public static int check(int code, String action) {
    if (code < 0) {
      throw new AvError("cannot " + action + ": " + describe(code) + " (" + code + ")");
    }
    return code;
  }

  /** The same for calls that return an object or nothing. */
  public static <P extends Pointer> P present(P pointer, String action) {
    if (pointer == null || pointer.isNull()) {
      throw new AvError("cannot " + action);
    }
    return pointer;
  }

  /** The same for calls that deliver one thing at a time: false where there is none (now). */
  public static boolean delivered(int code, String action) {
    return code != AVERROR_EAGAIN() && code != AVERROR_EOF && check(code, action) >= 0;
  }

  private static String describe(int code) {
    try (BytePointer text = new BytePointer(AV_ERROR_MAX_STRING_SIZE)) {
      return av_strerror(code, text, AV_ERROR_MAX_STRING_SIZE) < 0
          ? "unknown error"
          : text.limit(BytePointer.strlen(text)).getString();
    }
  }
}
