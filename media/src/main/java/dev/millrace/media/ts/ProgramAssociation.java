package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The program association section (ISO/IEC 13818-1 §2.4.4.3), on PID 0. Immutable.
 *
 * @param programMapPids by program_number; without the network PID (program 0)
 */
record ProgramAssociation(
    int transportStreamId, int version, Map<Integer, Integer> programMapPids) {
  static final int PID = 0;
  static final int TABLE_ID = 0;
  private static final int ENTRY = 4;

  ProgramAssociation {
    programMapPids = new LinkedHashMap<>(programMapPids);
  }

  Section section() {
    List<Bytes> body = new ArrayList<>();
    programMapPids.forEach(
        (program, pid) -> body.add(Bytes.of(program >> 8, program, 0xE0 | pid >> 8, pid)));
    return new Section(TABLE_ID, transportStreamId, version, true, 0, 0, Bytes.concat(body));
  }

  /**
   * Reads it.
   *
   * @throws ProtocolException if it does not consist of whole entries
   */
  static ProgramAssociation read(Section section) {
    Bytes body = section.body();
    if (body.length() % ENTRY != 0) {
      throw ProtocolException.malformed(
          "program association of " + body.length() + " bytes, must be whole entries of 4");
    }
    Map<Integer, Integer> pids = new LinkedHashMap<>();
    for (int at = 0; at < body.length(); at += ENTRY) {
      if (body.u16(at) != 0) {
        pids.put(body.u16(at), body.u16(at + 2) & 0x1FFF);
      }
    }
    return new ProgramAssociation(section.extension(), section.version(), pids);
  }
}
