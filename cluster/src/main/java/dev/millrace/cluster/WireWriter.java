package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes in the making, big-endian. One thread. */
final class WireWriter {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  int length() {
    return buffer.position();
  }

  WireWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  WireWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  WireWriter s32(int value) {
    room(4).putInt(value);
    return this;
  }

  WireWriter s64(long value) {
    room(8).putLong(value);
    return this;
  }

  WireWriter f64(double value) {
    room(8).putDouble(value);
    return this;
  }

  /**
   * A text of at most 255 bytes in UTF-8, with its length before it.
   *
   * @throws IllegalArgumentException if it is longer
   */
  WireWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 255) {
      throw new IllegalArgumentException(
          "text of " + bytes.length + " bytes, at most 255 can be told to other nodes");
    }
    return u8(bytes.length).bytes(bytes);
  }

  /** Like {@link #text}, but a longer one is cut. */
  WireWriter cut(String text) {
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > 255) {
      cut = cut.substring(0, cut.length() - 1 - cut.length() / 8);
    }
    return text(cut);
  }

  WireWriter raw(Bytes bytes) {
    return bytes(bytes.toArray());
  }

  Bytes done() {
    return Bytes.wrap(buffer.array(), 0, buffer.position());
  }

  private WireWriter bytes(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int position = buffer.position();
      int capacity = Math.max(buffer.capacity() * 2, position + bytes);
      buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity)).position(position);
    }
    return buffer;
  }
}
