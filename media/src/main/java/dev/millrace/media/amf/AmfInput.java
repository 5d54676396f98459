package dev.millrace.media.amf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/**
 * The bytes of one message with a position, and what its values have cost so far. Both formats read
 * from it, since AMF3 values stand inside AMF0 messages.
 */
final class AmfInput {
  private final Bytes bytes;
  private final AmfLimits limits;
  private int position;
  private int depth;
  private int values;

  AmfInput(Bytes bytes, AmfLimits limits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  int position() {
    return position;
  }

  int remaining() {
    return bytes.length() - position;
  }

  int u8() {
    return bytes.u8(advance(1));
  }

  int u16() {
    return bytes.u16(advance(2));
  }

  long u32() {
    return bytes.u32(advance(4));
  }

  double number() {
    return Double.longBitsToDouble(bytes.s64(advance(8)));
  }

  Bytes take(long length) {
    int from = advance(length);
    return bytes.slice(from, (int) length);
  }

  String utf8(long length) {
    return take(length).utf8();
  }

  /** Whether the object end (§2.11: empty name, marker 9) comes next. */
  boolean atObjectEnd() {
    return remaining() >= 3 && bytes.u24(position) == 0x00_00_09;
  }

  /** Every value is entered before it is read, so that nesting and number stay within limits. */
  void enter() {
    if (++values > limits.values()) {
      throw ProtocolException.limit("AMF message has more than " + limits.values() + " values");
    }
    if (++depth > limits.depth()) {
      throw ProtocolException.limit(
          "AMF nested deeper than " + limits.depth() + " at byte " + position);
    }
  }

  void leave() {
    depth--;
  }

  private int advance(long count) {
    if (count > remaining()) {
      throw ProtocolException.malformed(
          "AMF needs %d bytes at byte %d, found %d".formatted(count, position, remaining()));
    }
    int from = position;
    position += (int) count;
    return from;
  }
}
