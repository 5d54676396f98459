package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.LogPosition;
import java.util.ArrayList;
import java.util.List;

/** The fields of a frame, one after the other, each within its bounds. Single-threaded. */
final class FieldReader {
  /** Numbers in names have at most 18 digits. */
  private static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private static final int MAX_PART = 999_999;

  private final FrameType type;
  private final Bytes fields;
  private int next;

  FieldReader(FrameType type, Bytes fields) {
    this.type = type;
    this.fields = fields;
  }

  int u8(int least, int most) {
    return (int) Bounds.check(type, fields.u8(take(1)), least, most);
  }

  int u16() {
    return fields.u16(take(2));
  }

  int u16(int least, int most) {
    return (int) Bounds.check(type, u16(), least, most);
  }

  long u32() {
    return fields.u32(take(4));
  }

  long u32(long least, long most) {
    return Bounds.check(type, u32(), least, most);
  }

  long u64() {
    return fields.s64(take(8));
  }

  /** An epoch or media sequence number. */
  long number() {
    return Bounds.check(type, u64(), 0, MAX_NUMBER);
  }

  LogPosition position() {
    return new LogPosition(number(), number(), (int) u32(0, MAX_PART));
  }

  Bytes bytes(int count) {
    return fields.slice(take(count), count);
  }

  Bytes rest() {
    return bytes(fields.length() - next);
  }

  String text(int least, int most) {
    return ascii(u8(least, most));
  }

  /** A text of the characters of a stream's name. */
  String name(int most) {
    String name = text(1, most);
    Bounds.check(type, FrameReader.isName(name), "a name");
    return name;
  }

  private String ascii(int length) {
    Bytes text = bytes(length);
    for (int i = 0; i < length; i++) {
      Bounds.check(type, text.u8(i), 0x20, 0x7E);
    }
    return text.utf8();
  }

  /** The one of these that has the code. */
  <T extends Frame.Coded> T constant(T[] constants) {
    int code = fields.u8(take(1));
    for (T constant : constants) {
      if (constant.code() == code) {
        return constant;
      }
    }
    throw ProtocolException.malformed("%s has %d where a code is".formatted(type, code));
  }

  /** Ranges of chunks, ascending and with holes between them. */
  List<Frame.Range> ranges(int least) {
    int count = u8(least, FrameType.MAX_RANGES);
    List<Frame.Range> ranges = new ArrayList<>(count);
    int from = 0;
    for (int i = 0; i < count; i++) {
      int first = u16(from, FrameType.MAX_CHUNKS - 1);
      Frame.Range range = new Frame.Range(first, u16(1, FrameType.MAX_CHUNKS - first));
      ranges.add(range);
      from = range.end() + 1;
    }
    return ranges;
  }

  /**
   * Nothing may follow.
   *
   * @throws ProtocolException (malformed) if something does
   */
  void end() {
    if (next != fields.length()) {
      throw ProtocolException.malformed(
          "%s has %d bytes behind its end".formatted(type, fields.length() - next));
    }
  }

  private int take(int count) {
    if (count > fields.length() - next) {
      throw ProtocolException.malformed(
          "%s breaks off: %d bytes where %d are needed"
              .formatted(type, fields.length() - next, count));
    }
    int from = next;
    next += count;
    return from;
  }
}
