package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A transport packet (ISO/IEC 13818-1 §2.4.3.2) that is not scrambled. Immutable.
 *
 * @param pid 0..0x1FFF
 * @param unitStart payload_unit_start_indicator
 * @param continuityCounter 0..15; counts the packets of the PID that have a payload
 * @param transportError transport_error_indicator
 * @param payload empty in a packet of an adaptation field only
 */
public record TsPacket(
    int pid,
    boolean unitStart,
    int continuityCounter,
    boolean transportError,
    Optional<AdaptationField> adaptation,
    Bytes payload) {
  /** Bytes of every packet. */
  public static final int SIZE = 188;

  /** First byte of every packet. */
  public static final int SYNC_BYTE = 0x47;

  /** Packets that only fill the rate. */
  public static final int NULL_PID = 0x1FFF;

  private static final int HEADER = 4;
  private static final int STUFFING = 0xFF;
  private static final AdaptationField NOTHING =
      new AdaptationField(false, false, OptionalLong.empty());

  /** A packet to be sent. */
  TsPacket(
      int pid,
      boolean unitStart,
      int continuityCounter,
      Optional<AdaptationField> adaptation,
      Bytes payload) {
    this(pid, unitStart, continuityCounter, false, adaptation, payload);
  }

  public TsPacket {
    int room = room(adaptation);
    if (payload.length() > room) {
      throw new IllegalArgumentException(
          "payload of " + payload.length() + " bytes, at most " + room);
    }
  }

  /** Bytes of payload that fit beside an adaptation field. */
  static int room(Optional<AdaptationField> adaptation) {
    return SIZE - HEADER - adaptation.map(field -> 1 + field.size()).orElse(0);
  }

  /** Whether the PID's next packet with a payload counts on. */
  boolean hasPayload() {
    return !payload.isEmpty();
  }

  /** Writes the packet; what the payload leaves is stuffed in the adaptation field. */
  public void write(byte[] out, int at) {
    boolean field = adaptation.isPresent() || payload.length() < SIZE - HEADER;
    out[at] = SYNC_BYTE;
    out[at + 1] = (byte) ((transportError ? 0x80 : 0) | (unitStart ? 0x40 : 0) | pid >> 8);
    out[at + 2] = (byte) pid;
    out[at + 3] = (byte) ((field ? 0x20 : 0) | (hasPayload() ? 0x10 : 0) | continuityCounter);
    int payloadAt = at + SIZE - payload.length();
    if (field) {
      int length = payloadAt - at - HEADER - 1;
      out[at + HEADER] = (byte) length;
      int end = at + HEADER + 1;
      if (length > 0) {
        AdaptationField told = adaptation.orElse(NOTHING);
        end = told.write(out, end);
      }
      Arrays.fill(out, end, payloadAt, (byte) STUFFING);
    }
    payload.copyTo(0, out, payloadAt, payload.length());
  }

  /** Writes a null packet (§2.4.3.3). */
  static void writeNull(byte[] out, int at) {
    out[at] = SYNC_BYTE;
    out[at + 1] = (byte) (NULL_PID >> 8);
    out[at + 2] = (byte) NULL_PID;
    out[at + 3] = 0x10;
    Arrays.fill(out, at + HEADER, at + SIZE, (byte) STUFFING);
  }

  /**
   * Reads a packet.
   *
   * @param packet 188 bytes; slices of it are kept
   * @throws ProtocolException if it has no sync byte, its adaptation field does not fit, or it is
   *     scrambled
   */
  public static TsPacket read(Bytes packet) {
    if (packet.length() != SIZE || packet.u8(0) != SYNC_BYTE) {
      throw ProtocolException.malformed(
          "transport packet of "
              + packet.length()
              + " bytes, must be 188 from 0x47 (ISO/IEC 13818-1 §2.4.3.2)");
    }
    int pid = packet.u16(1) & 0x1FFF;
    int flags = packet.u8(3);
    boolean error = (packet.u8(1) & 0x80) != 0;
    if ((flags & 0xC0) != 0 && pid != NULL_PID && !error) {
      throw ProtocolException.unsupported("scrambled packet of PID " + pid);
    }
    int at = HEADER;
    Optional<AdaptationField> adaptation = Optional.empty();
    if ((flags & 0x20) != 0) {
      int length = packet.u8(at);
      if (length > SIZE - HEADER - 1) {
        throw ProtocolException.malformed(
            "adaptation_field_length " + length + ", at most 183 (ISO/IEC 13818-1 §2.4.3.4)");
      }
      if (length > 0) {
        adaptation = Optional.of(AdaptationField.read(packet.slice(at + 1, length)));
      }
      at += 1 + length;
    }
    Bytes payload = (flags & 0x10) != 0 ? packet.slice(at) : Bytes.EMPTY;
    return new TsPacket(pid, (packet.u8(1) & 0x40) != 0, flags & 0x0F, error, adaptation, payload);
  }
}
