package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * An announcement of a session, or of its end (SAP, RFC 2974 §3). Immutable.
 *
 * @param deletion whether the session is over
 * @param hash together with the origin the same for one version of one session
 * @param description in SDP
 */
record SapPacket(boolean deletion, int hash, InetAddress origin, String description) {
  private static final int VERSION_1 = 0x20;
  private static final int IPV6 = 0x10;
  private static final int DELETION = 0x04;
  private static final int ENCRYPTED_OR_COMPRESSED = 0x03;
  private static final String SDP = "application/sdp";

  Bytes write() {
    byte[] address = origin.getAddress();
    int flags = VERSION_1 | (address.length == 4 ? 0 : IPV6) | (deletion ? DELETION : 0);
    return Bytes.concat(
        List.of(
            Bytes.of(flags, 0, hash >> 8, hash),
            Bytes.wrap(address),
            Bytes.utf8(SDP + "\0"),
            Bytes.utf8(description)));
  }

  /**
   * Reads it.
   *
   * @throws ProtocolException if it is cut off, of another version, encrypted or compressed
   */
  static SapPacket read(Bytes packet) {
    if (packet.length() < 8 || (packet.u8(0) & 0xE0) != VERSION_1) {
      throw ProtocolException.malformed("no SAP packet of version 1 (RFC 2974 §3)");
    }
    int flags = packet.u8(0);
    int length = (flags & IPV6) == 0 ? 4 : 16;
    int at = 4 + length + 4 * packet.u8(1);
    if ((flags & ENCRYPTED_OR_COMPRESSED) != 0 || at > packet.length()) {
      throw ProtocolException.unsupported("SAP packet that is encrypted, compressed or cut off");
    }
    String text = packet.slice(at).utf8();
    int end = text.indexOf('\0');
    try {
      return new SapPacket(
          (flags & DELETION) != 0,
          packet.u16(2),
          InetAddress.getByAddress(packet.slice(4, length).toArray()),
          end < 0 ? text : text.substring(end + 1));
    } catch (UnknownHostException e) {
      throw ProtocolException.malformed("SAP origin: " + e);
    }
  }
}
