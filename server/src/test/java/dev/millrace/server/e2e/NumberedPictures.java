package dev.millrace.server.e2e;

import dev.millrace.testkit.BarCode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Raw pictures (YUV 4:2:0) that move and have their number as a bar code. */
final class NumberedPictures {
  static final int WIDTH = 640;
  static final int HEIGHT = 360;

  private static final int COLUMNS = 16;
  private static final int ROWS = 8;
  private static final byte GREY = (byte) 128;

  private NumberedPictures() {}

  /** Writes the pictures from number 0 on. */
  static void write(OutputStream out, int pictures) throws IOException {
    byte[] picture = new byte[WIDTH * HEIGHT * 3 / 2];
    Arrays.fill(picture, GREY);
    for (int number = 0; number < pictures; number++) {
      int code = BarCode.code(number);
      for (int y = 0; y < HEIGHT; y++) {
        int row = y * ROWS / HEIGHT - (ROWS - 2);
        for (int x = 0; x < WIDTH; x++) {
          int field = row * COLUMNS + x * COLUMNS / WIDTH;
          int luma =
              row < 0 ? 64 + ((x + 3 * number) / 8 + y / 8) % 16 * 8 : bit(code, field) ? 235 : 16;
          picture[y * WIDTH + x] = (byte) luma;
        }
      }
      out.write(picture);
    }
  }

  private static boolean bit(int code, int field) {
    return (code >>> (31 - field) & 1) != 0;
  }
}
