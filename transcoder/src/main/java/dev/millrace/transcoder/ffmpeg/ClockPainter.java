package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Paints the time of day into a YUV 4:2:0 picture, with milliseconds, in seven-segment digits:
 * whoever looks at the player and at a clock sees the latency. No font is needed.
 */
final class ClockPainter {
  /**
   * Segments a to g of each digit, from bit 6 down: top, right upper, right lower, bottom, left
   * lower, left upper, middle.
   */
  private static final int[] DIGITS = {
    0b1111110, 0b0110000, 0b1101101, 0b1111001, 0b0110011, 0b1011011, 0b1011111, 0b1110000,
    0b1111111, 0b1111011
  };

  private static final int CHARACTERS = "00:00:00.000".length();

  private final InstantSource wall;
  private final DateTimeFormatter format =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  ClockPainter(InstantSource wall) {
    this.wall = wall;
  }

  void paint(AVFrame frame) {
    // A character is three units wide and five high, with one unit between: small pictures get
    // small digits.
    int unit = Math.max(1, frame.width() / (CHARACTERS * 4 + 8));
    int boxWidth = (CHARACTERS * 4 + 1) * unit & ~1;
    int boxHeight = 7 * unit & ~1;
    int left = (frame.width() - boxWidth) / 2 & ~1;
    int top = (frame.height() / 8) & ~1;
    AvError.check(av_frame_make_writable(frame), "paint the clock");
    Plane luma = new Plane(frame, 0);
    luma.fill(left, top, boxWidth, boxHeight, Plane.BLACK);
    for (int plane = 1; plane <= 2; plane++) {
      new Plane(frame, plane).fill(left / 2, top / 2, boxWidth / 2, boxHeight / 2, Plane.GREY);
    }
    String time = format.format(wall.instant());
    for (int i = 0; i < time.length(); i++) {
      paint(luma, time.charAt(i), left + (1 + 4 * i) * unit, top + unit, unit);
    }
  }

  private static void paint(Plane luma, char c, int x, int y, int unit) {
    if (c == ':') {
      luma.fill(x + unit, y + unit, unit, unit, Plane.WHITE);
      luma.fill(x + unit, y + 3 * unit, unit, unit, Plane.WHITE);
    } else if (c == '.') {
      luma.fill(x + unit, y + 4 * unit, unit, unit, Plane.WHITE);
    } else {
      int segments = DIGITS[c - '0'];
      int[][] boxes = {
        {0, 0, 3, 1},
        {2, 0, 1, 3},
        {2, 2, 1, 3},
        {0, 4, 3, 1},
        {0, 2, 1, 3},
        {0, 0, 1, 3},
        {0, 2, 3, 1}
      };
      for (int s = 0; s < boxes.length; s++) {
        if ((segments >> (6 - s) & 1) != 0) {
          int[] box = boxes[s];
          luma.fill(
              x + box[0] * unit, y + box[1] * unit, box[2] * unit, box[3] * unit, Plane.WHITE);
        }
      }
    }
  }
}
