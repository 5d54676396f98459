package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The Binding method of STUN (RFC 8489), without authentication: who asks learns the address under
 * which the request arrived. Stateless.
 */
final class StunMessage {
  /** Longer requests are none of WebRTC's. */
  static final int LONGEST_REQUEST = 548;

  private static final int HEADER = 20;
  private static final int BINDING_REQUEST = 0x0001;
  private static final int BINDING_SUCCESS = 0x0101;
  private static final int BINDING_ERROR = 0x0111;
  private static final int COOKIE = 0x2112A442;
  private static final int TRANSACTION_BYTES = 12;

  private static final int ERROR_CODE = 0x0009;
  private static final int UNKNOWN_ATTRIBUTES = 0x000A;
  private static final int XOR_MAPPED_ADDRESS = 0x0020;
  private static final int FINGERPRINT = 0x8028;
  private static final int FINGERPRINT_XOR = 0x5354554E;

  /** MESSAGE-INTEGRITY and USERNAME, PRIORITY and USE-CANDIDATE of ICE: passed over. */
  private static final List<Integer> KNOWN = List.of(0x0006, 0x0008, 0x001C, 0x0024, 0x0025);

  /** Attributes below need to be understood (RFC 8489 §14). */
  private static final int OPTIONAL = 0x8000;

  private StunMessage() {}

  /**
   * The answer to a datagram.
   *
   * @param datagram from its position to its limit
   * @param from where it came from
   * @return empty for whatever is no well-formed Binding request: it is not answered
   */
  static Optional<ByteBuffer> answer(ByteBuffer datagram, InetSocketAddress from) {
    ByteBuffer request = datagram.slice();
    int length = request.remaining();
    if (length < HEADER
        || length > LONGEST_REQUEST
        || request.getShort() != BINDING_REQUEST
        || (request.getShort() & 0xFFFF) != length - HEADER
        || length % 4 != 0
        || request.getInt() != COOKIE) {
      return Optional.empty();
    }
    byte[] transaction = new byte[TRANSACTION_BYTES];
    request.get(transaction);
    List<Integer> unknown = new ArrayList<>();
    while (request.hasRemaining()) {
      int type = request.getShort() & 0xFFFF;
      int size = (request.getShort() & 0xFFFF) + 3 & ~3;
      if (size > request.remaining()) {
        return Optional.empty();
      }
      if (type == FINGERPRINT && (size != 4 || !isFingerprint(request))) {
        return Optional.empty();
      }
      request.position(request.position() + size);
      if (type < OPTIONAL && !KNOWN.contains(type)) {
        unknown.add(type);
      }
    }
    return Optional.of(
        unknown.isEmpty() ? success(transaction, from) : error(transaction, unknown));
  }

  /** At the value of the attribute; it covers what is before it (RFC 8489 §14.7). */
  private static boolean isFingerprint(ByteBuffer request) {
    CRC32 crc = new CRC32();
    crc.update(request.duplicate().flip().limit(request.position() - 4));
    return request.getInt(request.position()) == ((int) crc.getValue() ^ FINGERPRINT_XOR);
  }

  private static ByteBuffer success(byte[] transaction, InetSocketAddress from) {
    byte[] address = from.getAddress().getAddress();
    ByteBuffer answer = begin(BINDING_SUCCESS, 8 + address.length, transaction);
    answer.putShort((short) XOR_MAPPED_ADDRESS).putShort((short) (4 + address.length));
    answer.put((byte) 0).put((byte) (address.length == 4 ? 1 : 2));
    answer.putShort((short) (from.getPort() ^ COOKIE >>> 16));
    ByteBuffer mask = ByteBuffer.allocate(16).putInt(COOKIE).put(transaction);
    for (int i = 0; i < address.length; i++) {
      answer.put((byte) (address[i] ^ mask.get(i)));
    }
    return finish(answer);
  }

  /** RFC 8489 §6.3.1: 420 with the attributes that are not understood. */
  private static ByteBuffer error(byte[] transaction, List<Integer> unknown) {
    int size = unknown.size() * 2;
    ByteBuffer answer = begin(BINDING_ERROR, 8 + 4 + (size + 3 & ~3), transaction);
    answer.putShort((short) ERROR_CODE).putShort((short) 4);
    answer.putShort((short) 0).put((byte) 4).put((byte) 20);
    answer.putShort((short) UNKNOWN_ATTRIBUTES).putShort((short) size);
    unknown.forEach(type -> answer.putShort((short) (int) type));
    if (size % 4 != 0) {
      answer.putShort((short) 0);
    }
    return finish(answer);
  }

  private static ByteBuffer begin(int type, int attributes, byte[] transaction) {
    return ByteBuffer.allocate(HEADER + attributes + 8)
        .putShort((short) type)
        .putShort((short) (attributes + 8))
        .putInt(COOKIE)
        .put(transaction);
  }

  private static ByteBuffer finish(ByteBuffer answer) {
    CRC32 crc = new CRC32();
    crc.update(answer.duplicate().flip());
    return answer
        .putShort((short) FINGERPRINT)
        .putShort((short) 4)
        .putInt((int) crc.getValue() ^ FINGERPRINT_XOR)
        .flip();
  }

  /** The address that an answer tells; for tests and for the install check. */
  static Optional<InetSocketAddress> mappedAddress(ByteBuffer answer) {
    if (answer.remaining() < HEADER + 12 || answer.getShort(0) != BINDING_SUCCESS) {
      return Optional.empty();
    }
    ByteBuffer mask = answer.duplicate().position(4).limit(HEADER).slice();
    int size = answer.getShort(HEADER + 2) - 4;
    byte[] address = new byte[size];
    for (int i = 0; i < size; i++) {
      address[i] = (byte) (answer.get(HEADER + 8 + i) ^ mask.get(i));
    }
    int port = (answer.getShort(HEADER + 6) ^ COOKIE >>> 16) & 0xFFFF;
    try {
      return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), port));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
