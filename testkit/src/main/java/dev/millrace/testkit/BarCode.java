package dev.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Reads the picture numbers that {@code millrace publish test --bar-code} paints: over the lowest
 * quarter of the picture two rows of 16 fields, white for one and black for zero; from the left 24
 * bits of the number, highest first, then their CRC-8 (polynomial 07, start value FF).
 */
public final class BarCode {
  private static final int COLUMNS = 16;
  private static final int BITS = 32;

  /**
   * The same reader for a browser, {@code millraceBarCode(source)}: takes a video, canvas or image
   * element and returns its number, or -1 where there is none to read.
   */
  public static final String JAVASCRIPT = resource("barcode.js");

  private BarCode() {}

  /** The brightness of a pixel, 0 to 255. */
  @FunctionalInterface
  public interface Luma {
    /** Counted from the left and from the top. */
    int at(int x, int y);
  }

  /** The picture's number, empty where no valid one can be read. */
  public static OptionalInt read(Luma luma, int width, int height) {
    int code = 0;
    for (int i = 0; i < BITS; i++) {
      code = code << 1 | (mean(luma, width, height, i) >= 128 ? 1 : 0);
    }
    int number = code >>> 8;
    return crc8(number) == (code & 0xFF) ? OptionalInt.of(number) : OptionalInt.empty();
  }

  /**
   * The 32 fields of a number, highest bit first; for sources that a test makes itself.
   *
   * @param number 24 bits
   */
  public static int code(int number) {
    return number << 8 | crc8(number);
  }

  /** The mean brightness of the middle of a field: half its width and half its height. */
  private static double mean(Luma luma, int width, int height, int field) {
    double fieldWidth = (double) width / COLUMNS;
    double fieldHeight = height / 8.0;
    int left = (int) Math.round((field % COLUMNS + 0.25) * fieldWidth);
    int right = Math.max(left + 1, (int) Math.round((field % COLUMNS + 0.75) * fieldWidth));
    int top = (int) Math.round((6 + field / COLUMNS + 0.25) * fieldHeight);
    int bottom = Math.max(top + 1, (int) Math.round((6 + field / COLUMNS + 0.75) * fieldHeight));
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += luma.at(x, y);
      }
    }
    return (double) sum / ((right - left) * (bottom - top));
  }

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

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(BarCode.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
