package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/** Reads what {@link WireWriter} wrote; what is cut short or too long is malformed. One thread. */
final class WireReader {
  private final Bytes bytes;
  private int at;

  WireReader(Bytes bytes) {
    this.bytes = bytes;
  }

  int remaining() {
    return bytes.length() - at;
  }

  int u8() {
    return bytes.u8(take(1));
  }

  int u16() {
    return bytes.u16(take(2));
  }

  int s32() {
    return bytes.s32(take(4));
  }

  long s64() {
    return bytes.s64(take(8));
  }

  double f64() {
    return Double.longBitsToDouble(s64());
  }

  String text() {
    int length = u8();
    return bytes.slice(take(length), length).utf8();
  }

  Bytes rest() {
    Bytes rest = bytes.slice(at);
    at = bytes.length();
    return rest;
  }

  void end() {
    if (remaining() != 0) {
      throw ProtocolException.malformed(remaining() + " bytes behind the end of a message");
    }
  }

  private int take(int count) {
    if (count > remaining()) {
      throw ProtocolException.malformed(
          "message ends at byte %d, %d more expected".formatted(bytes.length(), count));
    }
    int from = at;
    at += count;
    return from;
  }
}
