package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.rtmp.HandshakeDigest.Layout;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.testkit.Fragments;
import dev.millrace.testkit.SharedMedia;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class HandshakeTest {
  private static final int PACKET = HandshakeDigest.PACKET_LENGTH;

  @ParameterizedTest
  @CsvSource({
    "ffmpeg51_audio_only-0, DIGEST_FIRST",
    "ff8_hevc_enh-0, DIGEST_FIRST",
    "red5_amf0-0, KEY_FIRST",
    "red5_amf3-0, KEY_FIRST",
    "obs29-0, ",
    "gst_librtmp_bframes-0, "
  })
  void findsTheDigestOfRecordedClients(String capture, Layout layout) {
    byte[] recorded = SharedMedia.bytes("media/rtmp-captures/" + capture + ".c2s");
    byte[] c1 = Arrays.copyOfRange(recorded, 1, 1 + PACKET);
    assertThat(HandshakeDigest.find(c1, HandshakeDigest.CLIENT))
        .isEqualTo(Optional.ofNullable(layout));
  }

  @Test
  void agreesWithARecordedServerOnDigestAndProof() {
    byte[] client = SharedMedia.bytes("media/rtmp-captures/red5_amf0-0.c2s");
    byte[] server = SharedMedia.bytes("media/rtmp-captures/red5_amf0-0.s2c");
    byte[] c1 = Arrays.copyOfRange(client, 1, 1 + PACKET);
    byte[] s1 = Arrays.copyOfRange(server, 1, 1 + PACKET);
    byte[] s2 = Arrays.copyOfRange(server, 1 + PACKET, 1 + 2 * PACKET);
    assertThat(HandshakeDigest.find(s1, HandshakeDigest.SERVER)).isPresent();
    byte[] proven = s2.clone();
    Arrays.fill(proven, PACKET - HandshakeDigest.LENGTH, PACKET, (byte) 0);
    HandshakeDigest.prove(
        proven, HandshakeDigest.read(c1, Layout.KEY_FIRST), HandshakeDigest.SERVER);
    assertThat(Bytes.wrap(proven)).isEqualTo(Bytes.wrap(s2));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void answersACompleteHandshakeInKind(Layout layout) {
    byte[] c1 = new byte[PACKET];
    new Random(7).nextBytes(c1);
    c1[4] = 9;
    HandshakeDigest.sign(c1, layout, HandshakeDigest.CLIENT);
    byte[] answer = answer(c1).toArray();
    byte[] s1 = Arrays.copyOfRange(answer, 1, 1 + PACKET);
    byte[] s2 = Arrays.copyOfRange(answer, 1 + PACKET, 1 + 2 * PACKET);
    assertThat(answer[0]).isEqualTo((byte) 3);
    assertThat(HandshakeDigest.find(s1, HandshakeDigest.SERVER)).contains(layout);
    byte[] proven = s2.clone();
    HandshakeDigest.prove(proven, HandshakeDigest.read(c1, layout), HandshakeDigest.SERVER);
    assertThat(proven).isEqualTo(s2);
  }

  @Test
  void echoesTheC1OfASimpleHandshake() {
    byte[] c1 = new byte[PACKET];
    new Random(8).nextBytes(c1);
    Arrays.fill(c1, 4, 8, (byte) 0);
    Bytes answer = answer(c1);
    assertThat(answer.slice(1 + PACKET)).isEqualTo(Bytes.wrap(c1));
    assertThat(answer.s32(5)).isZero();
  }

  @Test
  void echoesTheC1OfAVersionWithoutDigest() {
    byte[] c1 = new byte[PACKET];
    Arrays.fill(c1, (byte) 1);
    assertThat(answer(c1).slice(1 + PACKET)).isEqualTo(Bytes.wrap(c1));
  }

  @Test
  void readsFragmentsAndLeavesWhatFollows() {
    byte[] input = new byte[1 + 2 * PACKET + 5];
    input[0] = 3;
    input[input.length - 1] = 77;
    for (List<byte[]> pieces : Fragments.of(input, 10)) {
      List<Bytes> answers = new ArrayList<>();
      ServerHandshake handshake = new ServerHandshake(answers::add, new Random(1));
      int left = 0;
      for (byte[] piece : pieces) {
        ByteBuf buffer = Unpooled.wrappedBuffer(piece);
        boolean done = handshake.read(buffer);
        assertThat(done || !buffer.isReadable()).isTrue();
        left += buffer.readableBytes();
      }
      assertThat(answers).hasSize(1);
      assertThat(left).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({"06, RTMPE", "16, TLS", "47, must be 0x03", "00, must be 0x03"})
  void refusesOtherProtocols(String firstByte, String message) {
    ServerHandshake handshake = new ServerHandshake(ignored -> {}, new Random(1));
    assertThatThrownBy(
            () -> handshake.read(Unpooled.wrappedBuffer(Bytes.fromHex(firstByte).toArray())))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }

  @Test
  void clientEchoesS1() {
    byte[] s1 = new byte[PACKET];
    new Random(9).nextBytes(s1);
    byte[] server = new byte[1 + 2 * PACKET];
    server[0] = 3;
    System.arraycopy(s1, 0, server, 1, PACKET);
    for (List<byte[]> pieces : Fragments.of(server, 5)) {
      List<Bytes> answers = new ArrayList<>();
      ClientHandshake handshake = new ClientHandshake(answers::add);
      boolean done = false;
      for (byte[] piece : pieces) {
        done = handshake.read(Unpooled.wrappedBuffer(piece));
      }
      assertThat(done).isTrue();
      assertThat(answers).containsExactly(Bytes.wrap(s1));
    }
  }

  private static Bytes answer(byte[] c1) {
    List<Bytes> answers = new ArrayList<>();
    ServerHandshake handshake = new ServerHandshake(answers::add, new Random(1));
    ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {3}, c1);
    assertThat(handshake.read(buffer)).isFalse();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }
}
