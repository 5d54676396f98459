package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.Arrays;

/** The XOR of RTP packets: of their payloads and of what recovers the headers. */
final class Parity {
  private byte[] payload = new byte[0];
  private int length;
  private int payloadType;
  private long timestamp;
  private int base;
  private int count;

  /** Starts with what a parity packet recovers. */
  static Parity of(FecPacket packet) {
    Parity parity = new Parity();
    parity.payload = packet.payload().toArray();
    parity.length = packet.lengthRecovery();
    parity.payloadType = packet.payloadTypeRecovery();
    parity.timestamp = packet.timestampRecovery();
    return parity;
  }

  void add(RtpPacket packet) {
    if (count++ == 0) {
      base = packet.sequenceNumber();
    }
    Bytes more = packet.payload();
    if (more.length() > payload.length) {
      payload = Arrays.copyOf(payload, more.length());
    }
    for (int i = 0; i < more.length(); i++) {
      payload[i] ^= more.get(i);
    }
    length ^= more.length();
    payloadType ^= packet.payloadType();
    timestamp ^= packet.timestamp();
  }

  int count() {
    return count;
  }

  /** The packet that protects what was added; the next begins. */
  FecPacket take(boolean row, int offset) {
    FecPacket packet =
        new FecPacket(
            row, base, offset, count, length, payloadType, timestamp, Bytes.wrap(payload));
    payload = new byte[0];
    length = 0;
    payloadType = 0;
    timestamp = 0;
    count = 0;
    return packet;
  }

  /** The one packet that was not added. */
  RtpPacket missing(int sequenceNumber, long ssrc) {
    int known = Math.min(length, payload.length);
    return new RtpPacket(
        payloadType & 0x7F, sequenceNumber, timestamp, ssrc, Bytes.wrap(payload, 0, known));
  }
}
