package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes nested boxes (ISO/IEC 14496-12 §4.2) into a growing array; a box's size is filled in when
 * its content has been written. For initialization sections, which are small and rare.
 */
final class BoxWriter {
  private byte[] array = new byte[1024];
  private int size;

  /** A box of the four-character type, with what {@code content} writes. */
  BoxWriter box(String type, Runnable content) {
    int start = size;
    u32(0);
    fourCc(type);
    content.run();
    int end = size;
    size = start;
    u32(end - start);
    size = end;
    return this;
  }

  /** A FullBox (§4.2.2): version and flags before the content. */
  BoxWriter fullBox(String type, int version, int flags, Runnable content) {
    return box(
        type,
        () -> {
          u32(version << 24 | flags);
          content.run();
        });
  }

  BoxWriter fourCc(String type) {
    return bytes(Bytes.wrap(type.getBytes(StandardCharsets.ISO_8859_1)));
  }

  BoxWriter u8(int value) {
    reserve(1);
    array[size++] = (byte) value;
    return this;
  }

  BoxWriter u16(int value) {
    return u8(value >> 8).u8(value);
  }

  BoxWriter u24(int value) {
    return u8(value >> 16).u16(value);
  }

  BoxWriter u32(int value) {
    return u16(value >> 16).u16(value);
  }

  /** That many zero bytes. */
  BoxWriter zeros(int count) {
    reserve(count);
    Arrays.fill(array, size, size + count, (byte) 0);
    size += count;
    return this;
  }

  BoxWriter bytes(Bytes content) {
    reserve(content.length());
    content.copyTo(0, array, size, content.length());
    size += content.length();
    return this;
  }

  /** What was written so far. */
  Bytes toBytes() {
    return Bytes.wrap(Arrays.copyOf(array, size));
  }

  private void reserve(int count) {
    if (count > array.length - size) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, Math.addExact(size, count)));
    }
  }
}
