package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The program map section (ISO/IEC 13818-1 §2.4.4.8). Descriptors are passed over in reading and
 * not written: stream_type says enough of what is carried here. Immutable.
 *
 * @param pcrPid whose packets carry the program clock reference
 */
public record ProgramMap(int programNumber, int version, int pcrPid, List<Stream> streams) {
  static final int TABLE_ID = 2;

  /** More than any real program has, and less than a section holds. */
  private static final int MAX_STREAMS = 64;

  private static final int STREAM_HEADER = 5;

  /**
   * One elementary stream.
   *
   * @param streamType Table 2-34
   */
  public record Stream(int streamType, int pid) {}

  public ProgramMap {
    streams = List.copyOf(streams);
  }

  Section section() {
    List<Bytes> body = new ArrayList<>();
    body.add(Bytes.of(0xE0 | pcrPid >> 8, pcrPid, 0xF0, 0)); // program_info_length 0
    for (Stream stream : streams) {
      body.add(Bytes.of(stream.streamType(), 0xE0 | stream.pid() >> 8, stream.pid(), 0xF0, 0));
    }
    return new Section(TABLE_ID, programNumber, version, true, 0, 0, Bytes.concat(body));
  }

  /**
   * Reads it.
   *
   * @throws ProtocolException if its lengths do not add up or it has more than 64 streams
   */
  static ProgramMap read(Section section) {
    Bytes body = section.body();
    require(body, 4);
    int at = 4 + (body.u16(2) & 0x0FFF);
    List<Stream> streams = new ArrayList<>();
    while (at < body.length()) {
      require(body, at + STREAM_HEADER);
      streams.add(new Stream(body.u8(at), body.u16(at + 1) & 0x1FFF));
      at += STREAM_HEADER + (body.u16(at + 3) & 0x0FFF);
    }
    if (at != body.length() || streams.size() > MAX_STREAMS) {
      throw ProtocolException.malformed(
          "program map of "
              + body.length()
              + " bytes with "
              + streams.size()
              + " streams up to offset "
              + at);
    }
    return new ProgramMap(section.extension(), section.version(), body.u16(0) & 0x1FFF, streams);
  }

  private static void require(Bytes body, int length) {
    if (body.length() < length) {
      throw ProtocolException.malformed(
          "program map of " + body.length() + " bytes, needs " + length);
    }
  }
}
