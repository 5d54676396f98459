package dev.millrace.relay.swarm;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** For a fuzzer: whatever comes to the STUN server is answered or passed over, never longer. */
public final class StunFuzz {
  private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.1", 32853);

  /** A success with a mapped address, or an error with what was not known. */
  private static final int LONGEST_ANSWER = 1024;

  private StunFuzz() {}

  public static void fuzzerTestOneInput(byte[] datagram) {
    StunMessage.answer(ByteBuffer.wrap(datagram), FROM)
        .ifPresent(
            answer -> {
              if (answer.remaining() > LONGEST_ANSWER) {
                throw new AssertionError("an answer of " + answer.remaining() + " bytes");
              }
            });
  }
}
