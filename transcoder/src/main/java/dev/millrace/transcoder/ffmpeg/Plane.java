package dev.millrace.transcoder.ffmpeg;

import java.util.Arrays;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** One plane of a picture with eight bits a sample, which it borrows. */
final class Plane {
  static final byte BLACK = 16;
  static final byte WHITE = (byte) 235;
  static final byte GREY = (byte) 128;

  private final BytePointer bytes;
  private final long stride;

  Plane(AVFrame frame, int plane) {
    bytes = frame.data(plane);
    stride = frame.linesize(plane);
  }

  void fill(int left, int top, int width, int height, byte value) {
    byte[] row = new byte[width];
    Arrays.fill(row, value);
    for (int y = top; y < top + height; y++) {
      bytes.position(y * stride + left).put(row, 0, width);
    }
  }
}
