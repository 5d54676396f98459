package dev.millrace.relay.mesh;

import dev.millrace.media.ProtocolException;
import org.jspecify.annotations.Nullable;

/** The types of frames, with the bounds of what follows their heads, bytes. */
enum FrameType {
  HELLO(0x01, 25, 24 + 64),
  WELCOME(0x02, 26, 26 + 255),
  PING(0x03, 8, 8),
  PONG(0x04, 13, 13),
  BYE(0x05, 2, 2 + 255),
  SUBSCRIBE(0x10, 14, 12 + 3 * 128),
  UNSUBSCRIBE(0x11, 0, 0),
  OBJECT(0x13, 26 + 32, 26 + 32 * FrameType.MAX_CHUNKS),
  CHUNK(0x14, 23, 22 + FrameType.CHUNK_BYTES),
  HAVE(0x15, 23, 22 + FrameType.MAX_CHUNKS / 8),
  WANT(0x16, 27, 23 + 4 * FrameType.MAX_RANGES),
  REFUSE(0x17, 23, 23),
  CANCEL(0x18, 21, 21 + 4 * FrameType.MAX_RANGES),
  SYMBOL(0x20, 50 + 16, 50 + 1312),
  NACK(0x21, 55, 55),
  BEACON(0x22, 41, 1400 - FrameType.HEAD_BYTES),
  PROBE(0x23, 15, 15 + 1347);

  static final int MAGIC = 0x4D52;
  static final int VERSION = 1;
  static final int HEAD_BYTES = 12;

  /** Of an object; those of {@link dev.millrace.media.MerkleTree}. */
  static final int CHUNK_BYTES = 16 * 1024;

  /** Of an object: 32 MiB. */
  static final int MAX_CHUNKS = 2048;

  static final int MAX_RANGES = 32;

  /** Key id and shortened HMAC at the end of frames of multicast. */
  static final int TRAILER_BYTES = 10;

  private static final @Nullable FrameType[] BY_CODE = new FrameType[256];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final int least;
  private final int most;

  FrameType(int code, int least, int most) {
    this.code = code;
    this.least = least;
    this.most = most;
  }

  int code() {
    return code;
  }

  /** Whether it is sent in datagrams, with a trailer. */
  boolean isCast() {
    return code >= SYMBOL.code && code <= PROBE.code;
  }

  /**
   * The type of this code.
   *
   * @throws ProtocolException (malformed) if there is none
   */
  static FrameType of(int code) {
    FrameType type = BY_CODE[code];
    if (type == null) {
      throw ProtocolException.malformed("no frame has the type %02x".formatted(code));
    }
    return type;
  }

  /**
   * Checks a length before anything is allocated for it.
   *
   * @throws ProtocolException (malformed) if it is out of bounds
   */
  void checkLength(long length) {
    if (length < least || length > most) {
      throw ProtocolException.malformed(
          "%s of %d bytes, must be %d..%d".formatted(this, length, least, most));
    }
  }
}
