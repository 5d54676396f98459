package dev.millrace.ingest.rtmp;

import static dev.millrace.ingest.rtmp.HandshakeDigest.PACKET_LENGTH;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * The client's side of the simple handshake (§5.2). A framer; event loop.
 *
 * <p>States: VERSION → S1 (echoed as C2) → S2 → DONE.
 */
final class ClientHandshake {
  private static final int RTMP_VERSION = 3;

  private enum State {
    VERSION,
    S1,
    S2,
    DONE
  }

  private final Consumer<Bytes> answer;
  private final byte[] s1 = new byte[PACKET_LENGTH];
  private State state = State.VERSION;
  private int received;

  /** The answer (C2) is given once, within a call of {@link #read}. */
  ClientHandshake(Consumer<Bytes> answer) {
    this.answer = answer;
  }

  /** C0 and C1: time 0, zeros, and filling that need not be random. */
  static Bytes opening() {
    byte[] packets = new byte[1 + PACKET_LENGTH];
    packets[0] = RTMP_VERSION;
    return Bytes.wrap(packets);
  }

  /**
   * Reads what belongs to the handshake and leaves the rest; borrows the buffer.
   *
   * @return whether the handshake is done
   * @throws ProtocolException if the server does not speak RTMP
   */
  boolean read(ByteBuf in) {
    boolean progress = true;
    while (progress) {
      progress =
          switch (state) {
            case VERSION -> readVersion(in);
            case S1 -> readS1(in);
            case S2 -> readS2(in);
            case DONE -> false;
          };
    }
    return state == State.DONE;
  }

  private boolean readVersion(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    int version = in.readUnsignedByte();
    if (version != RTMP_VERSION) {
      throw ProtocolException.malformed(
          "S0 is 0x%02x, must be 0x03 (RTMP §5.2.2)".formatted(version));
    }
    state = State.S1;
    return true;
  }

  private boolean readS1(ByteBuf in) {
    int count = Math.min(PACKET_LENGTH - received, in.readableBytes());
    in.readBytes(s1, received, count);
    received += count;
    if (received < PACKET_LENGTH) {
      return false;
    }
    answer.accept(Bytes.wrap(s1));
    received = 0;
    state = State.S2;
    return true;
  }

  private boolean readS2(ByteBuf in) {
    int count = Math.min(PACKET_LENGTH - received, in.readableBytes());
    in.skipBytes(count);
    received += count;
    if (received < PACKET_LENGTH) {
      return false;
    }
    state = State.DONE;
    return true;
  }
}
