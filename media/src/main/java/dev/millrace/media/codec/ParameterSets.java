package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks the bytes of a decoder configuration record: fixed fields, and parameter sets behind 16-bit
 * lengths (ISO/IEC 14496-15 §5.3.3.1.2, §8.3.3.1.2).
 */
final class ParameterSets {
  private final Bytes record;
  private final String where;
  private int at;

  ParameterSets(Bytes record, String where) {
    this.record = record;
    this.where = where;
  }

  int u8(String field) {
    require(1, field);
    return record.u8(at++);
  }

  int u16(String field) {
    require(2, field);
    at += 2;
    return record.u16(at - 2);
  }

  void skip(int bytes, String field) {
    require(bytes, field);
    at += bytes;
  }

  int position() {
    return at;
  }

  /** NAL units, each behind its length; empty ones are passed over, as some encoders write them. */
  List<Bytes> nalUnits(int count, String field) {
    List<Bytes> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = u16(field + " length");
      require(length, field);
      if (length > 0) {
        units.add(record.slice(at, length));
      }
      at += length;
    }
    return List.copyOf(units);
  }

  private void require(int bytes, String field) {
    if (bytes > record.length() - at) {
      throw ProtocolException.malformed(
          where
              + " ends inside "
              + field
              + ": "
              + bytes
              + " bytes wanted at offset "
              + at
              + ", "
              + (record.length() - at)
              + " left");
    }
  }
}
