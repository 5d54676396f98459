package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Paints a picture's number over the lowest quarter of it, for programs to read: two rows of 16
 * fields over the whole width, white for one and black for zero; from the left the 24 bits of the
 * number, highest first, then their CRC-8 (polynomial 07, start value FF, so that a black picture
 * is not number 0). The fields grow with the picture: at 160x90 they are still 10x11 pixels, which
 * survives scaling and low bit rates; the reader looks at the middle of each.
 */
final class BarCodePainter {
  private static final int COLUMNS = 16;
  private static final int BITS = 32;

  private BarCodePainter() {}

  /** Paints into a YUV 4:2:0 picture; numbers wrap at 2^24. */
  static void paint(AVFrame frame, long number) {
    AvError.check(av_frame_make_writable(frame), "paint the bar code");
    int counter = (int) (number & 0xFFFFFF);
    int code = counter << 8 | crc8(counter);
    Plane luma = new Plane(frame, 0);
    for (int i = 0; i < BITS; i++) {
      boolean one = (code >>> (BITS - 1 - i) & 1) != 0;
      int left = i % COLUMNS * frame.width() / COLUMNS;
      int right = (i % COLUMNS + 1) * frame.width() / COLUMNS;
      int top = (6 + i / COLUMNS) * frame.height() / 8;
      int bottom = (7 + i / COLUMNS) * frame.height() / 8;
      luma.fill(left, top, right - left, bottom - top, one ? Plane.WHITE : Plane.BLACK);
    }
    int chromaTop = 6 * frame.height() / 8 / 2;
    for (int plane = 1; plane <= 2; plane++) {
      new Plane(frame, plane)
          .fill(0, chromaTop, frame.width() / 2, frame.height() / 2 - chromaTop, Plane.GREY);
    }
  }

  /** CRC-8 over the three bytes of a number. */
  private static int crc8(int number) {
    int crc = 0xFF;
    for (int shift = 16; shift >= 0; shift -= 8) {
      crc ^= number >> shift & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1 ^ ((crc & 0x80) != 0 ? 0x07 : 0)) & 0xFF;
      }
    }
    return crc;
  }
}
