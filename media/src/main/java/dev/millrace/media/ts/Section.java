package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * A section in the long form, which ends with a CRC (ISO/IEC 13818-1 §2.4.4.11 and Annex A).
 * Immutable.
 *
 * @param tableId 0 for a program association, 2 for a program map
 * @param extension transport_stream_id or program_number
 * @param version 0..31
 * @param current whether it applies now
 * @param body between last_section_number and the CRC
 */
record Section(
    int tableId, int extension, int version, boolean current, int number, int last, Bytes body) {
  /** Bytes up to and with section_length. */
  static final int HEADER = 3;

  /** Of a program association or map, all in all (§2.4.4.4, §2.4.4.9). */
  static final int MAX_SIZE = 1024;

  private static final int SYNTAX_HEADER = 5;
  private static final int CRC_SIZE = 4;
  private static final int CRC_POLYNOMIAL = 0x04C1_1DB7;
  private static final int[] CRC_TABLE = crcTable();

  Bytes write() {
    int length = SYNTAX_HEADER + body.length() + CRC_SIZE;
    if (HEADER + length > MAX_SIZE) {
      throw new IllegalArgumentException(
          "section of " + (HEADER + length) + " bytes, at most 1024");
    }
    Bytes content =
        Bytes.concat(
            List.of(
                // section_syntax_indicator 1, '0', reserved
                Bytes.of(tableId, 0xB0 | length >> 8, length),
                Bytes.of(extension >> 8, extension),
                Bytes.of(0xC0 | version << 1 | (current ? 1 : 0), number, last),
                body));
    int crc = crc(content);
    return Bytes.concat(List.of(content, Bytes.of(crc >> 24, crc >> 16, crc >> 8, crc)));
  }

  /**
   * Reads a section.
   *
   * @param section exactly as long as its section_length says
   * @throws ProtocolException if its CRC is wrong or it is not of the long form
   */
  static Section read(Bytes section) {
    if (section.length() < HEADER + SYNTAX_HEADER + CRC_SIZE || (section.u8(1) & 0x80) == 0) {
      throw ProtocolException.malformed(
          "section of " + section.length() + " bytes, needs 12 and the long form");
    }
    // Over the section with its CRC the result is 0 (Annex A).
    if (crc(section) != 0) {
      throw ProtocolException.malformed("section of table " + section.u8(0) + " with a wrong CRC");
    }
    int version = section.u8(5);
    return new Section(
        section.u8(0),
        section.u16(3),
        version >> 1 & 0x1F,
        (version & 1) != 0,
        section.u8(6),
        section.u8(7),
        section.slice(
            HEADER + SYNTAX_HEADER, section.length() - HEADER - SYNTAX_HEADER - CRC_SIZE));
  }

  /** CRC_32 as Annex A has it: not reflected, begun with ones, not inverted. */
  static int crc(Bytes data) {
    int crc = -1;
    for (int i = 0; i < data.length(); i++) {
      crc = crc << 8 ^ CRC_TABLE[crc >>> 24 ^ data.u8(i)];
    }
    return crc;
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc < 0 ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
      }
      table[i] = crc;
    }
    return table;
  }
}
