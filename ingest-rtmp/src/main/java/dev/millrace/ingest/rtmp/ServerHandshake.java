package dev.millrace.ingest.rtmp;

import static dev.millrace.ingest.rtmp.HandshakeDigest.PACKET_LENGTH;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The server's side of the handshake (§5.2), simple or complete as the client began it. A framer;
 * event loop.
 *
 * <p>States: VERSION → C1 (answered with S0, S1, S2) → C2 → DONE. The content of C2 is not looked
 * at: many clients send C0, C1 and C2 in one go, before they can know what to echo.
 */
final class ServerHandshake {
  private static final int RTMP_VERSION = 3;
  private static final int RTMPE_VERSION = 6;
  private static final int TLS_HANDSHAKE = 0x16;

  /** S1 of the complete handshake names a server version; some clients want it above 3. */
  private static final byte[] SERVER_VERSION = {4, 5, 0, 1};

  private enum State {
    VERSION,
    C1,
    C2,
    DONE
  }

  private final Consumer<Bytes> answer;
  private final RandomGenerator random;
  private final byte[] c1 = new byte[PACKET_LENGTH];
  private State state = State.VERSION;
  private int received;

  /** The answer is given once, within a call of {@link #read}. */
  ServerHandshake(Consumer<Bytes> answer, RandomGenerator random) {
    this.answer = answer;
    this.random = random;
  }

  /**
   * Reads what belongs to the handshake and leaves the rest; borrows the buffer.
   *
   * @return whether the handshake is done
   * @throws ProtocolException if this is not RTMP
   */
  boolean read(ByteBuf in) {
    boolean progress = true;
    while (progress) {
      progress =
          switch (state) {
            case VERSION -> readVersion(in);
            case C1 -> readC1(in);
            case C2 -> readC2(in);
            case DONE -> false;
          };
    }
    return state == State.DONE;
  }

  /** For messages: how far the peer came. */
  String progress() {
    return state == State.VERSION ? "nothing" : state + " with " + received + " of 1536 bytes";
  }

  private boolean readVersion(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    int version = in.readUnsignedByte();
    if (version == RTMPE_VERSION) {
      throw ProtocolException.unsupported("encrypted RTMP (RTMPE, version 6) is not served");
    }
    if (version != RTMP_VERSION) {
      throw ProtocolException.malformed(
          "handshake begins with 0x%02x, must be 0x03 (RTMP §5.2.2)%s"
              .formatted(version, version == TLS_HANDSHAKE ? "; this looks like TLS" : ""));
    }
    state = State.C1;
    return true;
  }

  private boolean readC1(ByteBuf in) {
    int count = Math.min(PACKET_LENGTH - received, in.readableBytes());
    in.readBytes(c1, received, count);
    received += count;
    if (received < PACKET_LENGTH) {
      return false;
    }
    answer.accept(serverPackets());
    received = 0;
    state = State.C2;
    return true;
  }

  private boolean readC2(ByteBuf in) {
    int count = Math.min(PACKET_LENGTH - received, in.readableBytes());
    in.skipBytes(count);
    received += count;
    if (received < PACKET_LENGTH) {
      return false;
    }
    state = State.DONE;
    return true;
  }

  private Bytes serverPackets() {
    byte[] s1 = new byte[PACKET_LENGTH];
    random.nextBytes(s1);
    s1[0] = s1[1] = s1[2] = s1[3] = 0;
    // The simple handshake has zeros where the complete one has the client's version.
    boolean versioned = (c1[4] | c1[5] | c1[6] | c1[7]) != 0;
    Optional<HandshakeDigest.Layout> layout =
        versioned ? HandshakeDigest.find(c1, HandshakeDigest.CLIENT) : Optional.empty();
    byte[] s2 = layout.map(found -> complete(s1, found)).orElseGet(() -> simple(s1));
    byte[] all = new byte[1 + 2 * PACKET_LENGTH];
    all[0] = RTMP_VERSION;
    System.arraycopy(s1, 0, all, 1, PACKET_LENGTH);
    System.arraycopy(s2, 0, all, 1 + PACKET_LENGTH, PACKET_LENGTH);
    return Bytes.wrap(all);
  }

  /** §5.2.4: S2 is an echo of C1; its second time field may stay what C1 has there. */
  private byte[] simple(byte[] s1) {
    s1[4] = s1[5] = s1[6] = s1[7] = 0;
    return c1;
  }

  private byte[] complete(byte[] s1, HandshakeDigest.Layout layout) {
    System.arraycopy(SERVER_VERSION, 0, s1, 4, SERVER_VERSION.length);
    HandshakeDigest.sign(s1, layout, HandshakeDigest.SERVER);
    byte[] s2 = new byte[PACKET_LENGTH];
    random.nextBytes(s2);
    HandshakeDigest.prove(s2, HandshakeDigest.read(c1, layout), HandshakeDigest.SERVER);
    return s2;
  }
}
