package dev.millrace.media;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * An immutable run of bytes with content equality; whatever outlives the read that brought it is
 * held in one of these. Slices share their parent's memory. All multi-byte reads are big-endian, as
 * in RTMP, FLV and ISO BMFF. Immutable; any thread.
 */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  /**
   * Computed when it is asked for first. Not volatile: it is immutable, and who does not see it
   * computes it once more.
   */
  private @Nullable Bytes sha256;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Takes the array: the caller must not change it afterwards. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
  }

  /** Takes {@code length} bytes of the array: the caller must not change them afterwards. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return new Bytes(array, offset, length);
  }

  /** Copies the bytes, given as the ints 0..255 or negative byte values. */
  public static Bytes of(int... values) {
    byte[] copy = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      copy[i] = (byte) values[i];
    }
    return wrap(copy);
  }

  /** The UTF-8 form of a text. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads hexadecimal digits; blanks between them are passed over. */
  public static Bytes fromHex(String hex) {
    return wrap(HexFormat.of().parseHex(hex.replaceAll("\\s+", "")));
  }

  /** One run made of several, copied. */
  public static Bytes concat(List<Bytes> parts) {
    int total = 0;
    for (Bytes part : parts) {
      total = Math.addExact(total, part.length);
    }
    byte[] joined = new byte[total];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.array, part.offset, joined, at, part.length);
      at += part.length;
    }
    return wrap(joined);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte get(int index) {
    return array[offset + Objects.checkIndex(index, length)];
  }

  /** An unsigned byte. */
  public int u8(int index) {
    return get(index) & 0xFF;
  }

  /** An unsigned 16-bit number. */
  public int u16(int index) {
    return u8(index) << 8 | u8(index + 1);
  }

  /** An unsigned 24-bit number. */
  public int u24(int index) {
    return u8(index) << 16 | u16(index + 1);
  }

  /** A signed 24-bit number. */
  public int s24(int index) {
    return u24(index) << 8 >> 8;
  }

  /** A signed 32-bit number. */
  public int s32(int index) {
    return u16(index) << 16 | u16(index + 2);
  }

  /** An unsigned 32-bit number. */
  public long u32(int index) {
    return s32(index) & 0xFFFF_FFFFL;
  }

  /** A signed 64-bit number. */
  public long s64(int index) {
    return u32(index) << 32 | u32(index + 4);
  }

  /** The bytes from {@code from} to the end, without copying. */
  public Bytes slice(int from) {
    return slice(from, length - from);
  }

  /** A part of these bytes, without copying. */
  public Bytes slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, length);
    return count == 0 ? EMPTY : new Bytes(array, offset + from, count);
  }

  /** A copy the caller may change. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** Copies {@code count} bytes from {@code from} into {@code target}. */
  public void copyTo(int from, byte[] target, int targetOffset, int count) {
    Objects.checkFromIndexSize(from, count, length);
    System.arraycopy(array, offset + from, target, targetOffset, count);
  }

  /** A read-only view, without copying. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  /** Writes all bytes to the stream. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(array, offset, length);
  }

  /** Feeds all bytes to the digest. */
  public void updateDigest(MessageDigest digest) {
    digest.update(array, offset, length);
  }

  /** The SHA-256 of these bytes, 32 bytes; computed once. */
  public Bytes sha256() {
    Bytes known = sha256;
    if (known == null) {
      known = digest();
      sha256 = known;
    }
    return known;
  }

  private Bytes digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      updateDigest(digest);
      return wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(array, offset, offset + length);
  }

  /** The text these bytes are in UTF-8; malformed input becomes U+FFFD. */
  public String utf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array,
            offset,
            offset + length,
            that.array,
            that.offset,
            that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** Length and CRC-32: short enough for golden files, never the content itself. */
  @Override
  public String toString() {
    CRC32 crc = new CRC32();
    crc.update(array, offset, length);
    return "%d bytes crc %08x".formatted(length, crc.getValue());
  }
}
