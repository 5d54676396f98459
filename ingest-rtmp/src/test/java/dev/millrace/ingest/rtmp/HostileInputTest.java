package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each bad peer loses its own connection, with one clear line in the log, and nothing else happens.
 */
@ExtendWith(LeakCheck.class)
final class HostileInputTest {
  private static final RtmpConfig IMPATIENT =
      TestServer.CONFIG.with(Duration.ofMillis(600), Duration.ofMillis(400));

  /** What a peer does, given its socket. */
  private interface Misdeed {
    void commit(RawPeer peer) throws IOException;
  }

  /**
   * Lets a peer misbehave beside an honest publisher; gives what the server said to the bad one.
   */
  private static List<RtmpMessage> commit(RtmpConfig config, String closing, Misdeed misdeed)
      throws Exception {
    try (LogCapture log = new LogCapture();
        EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(config);
        RtmpClient honest = new RtmpClient(loops, server.url("live/honest"), 4096);
        RawPeer peer = new RawPeer(server.address())) {
      honest.publish().get();
      ScheduledFuture<?> sending =
          honest
              .executor()
              .scheduleAtFixedRate(
                  () -> {
                    honest.send(18, 0, Bytes.fromHex("020001 78"));
                    honest.flush();
                  },
                  0,
                  50,
                  TimeUnit.MILLISECONDS);
      misdeed.commit(peer);
      List<RtmpMessage> answers = peer.readToEnd();
      peer.hangUp();
      await().untilAsserted(() -> assertThat(server.server().connections()).isEqualTo(1));
      long before = server.publications().getFirst().count(18);
      await().until(() -> server.publications().getFirst().count(18) > before);
      sending.cancel(false);
      assertThat(log.lines("RtmpConnection"))
          .filteredOn(line -> line.startsWith("closed: "))
          .singleElement()
          .asString()
          .contains(closing);
      assertThat(log.all()).doesNotContain("defect");
      return answers;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "474554202f20485454502f312e310d0a0d0a, handshake begins with 0x47",
    "16030100, looks like TLS",
    "06, RTMPE",
    "ff00ff00, handshake begins with 0xff"
  })
  void refusesGarbageInsteadOfAHandshake(String hex, String reason) throws Exception {
    commit(TestServer.CONFIG, reason, peer -> peer.send(hex));
  }

  @Test
  void closesOnSilence() throws Exception {
    commit(IMPATIENT, "handshake unfinished, read nothing within 400 ms", peer -> {});
  }

  @Test
  void closesOnHalfAHandshakeAndSilence() throws Exception {
    commit(
        IMPATIENT,
        "handshake unfinished, read C1 with 699 of 1536 bytes within 400 ms",
        peer -> {
          byte[] half = new byte[700];
          half[0] = 3;
          peer.send(half);
        });
  }

  @Test
  void closesOnAHandshakeAndNothingElse() throws Exception {
    commit(IMPATIENT, "no publication within 400 ms", RawPeer::handshake);
  }

  @Test
  void closesAStreamThatIsNeverPublished() throws Exception {
    commit(
        IMPATIENT,
        "no publication within 400 ms",
        peer -> peer.handshake().connect("live").call(0, "createStream", 2, Amf0Value.NULL));
  }

  @Test
  void closesADeadPublisher() throws Exception {
    RtmpConfig config = TestServer.CONFIG.with(Duration.ofMillis(400), Duration.ofSeconds(10));
    List<RtmpMessage> answers =
        commit(
            config,
            "nothing came for 400 ms",
            peer -> peer.handshake().connect("live").publish("dead"));
    assertThat(RawPeer.codes(answers))
        .containsExactly(
            "NetConnection.Connect.Success", "NetStream.Publish.Start", "NetStream.Publish.Failed");
  }

  @Test
  void refusesGarbageBehindTheHandshake() throws Exception {
    byte[] garbage = new byte[100_000];
    new Random(5).nextBytes(garbage);
    commit(TestServer.CONFIG, "", peer -> peer.handshake().send(garbage));
  }

  @ParameterizedTest
  @CsvSource({
    "02 000000 000004 01 00000000 00000000, chunk size 0",
    "02 000000 000004 01 00000000 80000000, chunk size -2147483648",
    "02 000000 000004 01 00000000 01000001, chunk size 16777217",
    "03 000000 ffffff 14 00000000, message of 16777215 bytes",
    "02 000000 000004 05 00000000 00000000, window acknowledgement size 0",
    "02 000000 000001 05 00000000 00, needs 4",
    "03 000000 000003 14 00000000 020000, command must begin",
    "03 000000 000001 14 00000000 ff, AMF0 marker 0xff"
  })
  void refusesBrokenMessages(String hex, String reason) throws Exception {
    commit(TestServer.CONFIG, reason, peer -> peer.handshake().send(hex));
  }

  @Test
  void refusesTooManyChunkStreams() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int id = 0; id <= 64; id++) {
      many.append("00 %02x 000000 000080 14 00000000".formatted(id)).append("00".repeat(127));
      many.append("05");
    }
    commit(
        TestServer.CONFIG.with(Duration.ofSeconds(5), Duration.ofSeconds(5)),
        "",
        peer -> peer.handshake().send(many.toString()));
    StringBuilder begun = new StringBuilder();
    for (int id = 0; id <= 64; id++) {
      begun.append("00 %02x 000000 000000 08 00000000".formatted(id));
    }
    commit(
        TestServer.CONFIG,
        "more than 64 chunk streams",
        peer -> peer.handshake().connect("live").publish("many").send(begun.toString()));
  }

  @Test
  void refusesMessagesThatHoldTooMuchMemory() throws Exception {
    byte[] megabytes = new byte[6 * 1024 * 1024];
    commit(
        TestServer.CONFIG,
        "unfinished messages hold",
        peer -> {
          peer.handshake().connect("live").publish("hoarder");
          peer.send(new RtmpMessage.SetChunkSize(megabytes.length));
          for (int id = 10; id < 20; id++) {
            // 16 MiB announced, 6 MiB sent, each on a chunk stream of its own.
            peer.send(Bytes.fromHex("%02x 000000 ffffff 09 01000000".formatted(id)).toArray());
            peer.send(megabytes);
          }
        });
  }

  @Test
  void refusesToKeepAnswersForAPeerThatNeverReads() throws Exception {
    RtmpMessage ping = new RtmpMessage.UserControl(6, Bytes.of(1, 2, 3, 4));
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake();
      await().until(() -> server.server().connections() == 1);
      byte[] pings = peer.encoded(ping, 2000);
      for (int i = 0; i < 1000 && server.server().connections() > 0; i++) {
        peer.send(pings);
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(server.server().connections()).isZero());
      assertThat(log.all()).contains("closed: the peer does not read what it asked for");
    }
  }

  @Test
  void refusesDeepAmf() throws Exception {
    Amf0Value nested = Amf0Value.NULL;
    for (int i = 0; i < 40; i++) {
      nested = new Amf0Value.StrictArray(List.of(nested));
    }
    Amf0Value deep = nested;
    commit(
        TestServer.CONFIG,
        "nested deeper than 32",
        peer -> peer.handshake().call(0, "connect", 1, deep));
  }

  @Test
  void refusesPublishBeforeConnect() throws Exception {
    commit(
        TestServer.CONFIG,
        "expected the command connect first",
        peer -> peer.handshake().publish("early"));
  }

  @Test
  void refusesMediaBeforeConnect() throws Exception {
    commit(
        TestServer.CONFIG,
        "expected the command connect first",
        peer -> peer.handshake().send(new RtmpMessage.Video(0, Bytes.of(0x17, 0))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a..b", "a/b", "%2e%2e", "sp ace", "nul\u0000", "?only=query"})
  void refusesNamesThatCannotBeOne(String name) throws Exception {
    List<RtmpMessage> answers =
        commit(
            TestServer.CONFIG,
            "the stream key is missing or has characters",
            peer -> peer.handshake().connect("live").publish(name));
    assertThat(RawPeer.codes(answers))
        .containsExactly("NetConnection.Connect.Success", "NetStream.Publish.BadName");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "li/../ve", "l%69ve", "a b"})
  void refusesApplicationsThatCannotBeOne(String app) throws Exception {
    List<RtmpMessage> answers =
        commit(
            TestServer.CONFIG,
            "the application must be one plain name",
            peer -> peer.handshake().connect(app));
    assertThat(RawPeer.codes(answers)).containsExactly("NetConnection.Connect.InvalidApp");
  }

  @Test
  void refusesBrokenMedia() throws Exception {
    List<RtmpMessage> answers =
        commit(
            TestServer.CONFIG,
            "closed: ",
            peer -> {
              peer.handshake().connect("live").publish("broken");
              // An AVC sequence header that is cut off.
              peer.send(new RtmpMessage.Video(0, Bytes.fromHex("17 00 000000 01 64")));
            });
    assertThat(RawPeer.codes(answers)).endsWith("NetStream.Publish.Failed");
  }

  @Test
  void survivesRecordingsWithFlippedBytes() throws Exception {
    byte[] recorded = SharedMedia.bytes("media/rtmp-captures/ff8_hevc_enh-0.c2s");
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(TestServer.CONFIG)) {
      List<RawPeer> peers = new ArrayList<>();
      for (int seed = 0; seed < 60; seed++) {
        Random random = new Random(seed);
        byte[] flipped = recorded.clone();
        for (int i = 0; i < 6; i++) {
          int range = seed % 2 == 0 ? 600 : flipped.length - 3073;
          flipped[3073 + random.nextInt(range)] = (byte) random.nextInt(256);
        }
        peers.add(new RawPeer(server.address()).send(flipped).finish());
      }
      for (RawPeer peer : peers) {
        peer.readToEnd();
        peer.close();
      }
      await().untilAsserted(() -> assertThat(server.server().connections()).isZero());
      assertThat(log.lines("RtmpConnection"))
          .filteredOn(line -> line.startsWith("closed: "))
          .hasSize(60);
      assertThat(log.all()).doesNotContain("defect");
      assertThat(server.streams().find(new StreamPath("live", "none"))).isEmpty();
    }
  }
}
