package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.StreamFacts;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
final class RtmpServerTest {
  private static final Bytes SCRIPT = Bytes.fromHex("020001 78");

  @Test
  void answersTheWholeConversationOfAPublisher() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      Amf0Value key = new Amf0Value.Str("talk?token=1");
      peer.handshake()
          .connect("live/")
          .call(0, "releaseStream", 2, Amf0Value.NULL, key)
          .call(0, "FCPublish", 3, Amf0Value.NULL, key)
          .call(0, "createStream", 4, Amf0Value.NULL)
          .call(0, "_checkbw", 5, Amf0Value.NULL)
          .call(0, "getStreamLength", 6, Amf0Value.NULL, key)
          .call(0, "somethingElse", 7, Amf0Value.NULL)
          .call(0, "noAnswerWanted", 0, Amf0Value.NULL)
          .publish("talk?token=1");
      peer.readUntil("onStatus", 1);
      peer.send(new RtmpMessage.Data(5, SCRIPT))
          .call(0, "FCUnpublish", 8, Amf0Value.NULL, key)
          .call(0, "deleteStream", 9, Amf0Value.NULL, new Amf0Value.Num(1));
      List<RtmpMessage> answers = peer.finish().readToEnd();

      assertThat(answers.subList(0, 4))
          .containsExactly(
              new RtmpMessage.WindowAcknowledgementSize(2_500_000),
              new RtmpMessage.SetPeerBandwidth(2_500_000, 2),
              new RtmpMessage.SetChunkSize(4096),
              RtmpSession.streamBegin(0));
      assertThat(answers).contains(RtmpSession.streamBegin(1));
      assertThat(RawPeer.commands(answers, "_result"))
          .extracting(RtmpMessage.Command::transactionId)
          .containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0);
      assertThat(RawPeer.commands(answers, "_error"))
          .extracting(RtmpMessage.Command::transactionId)
          .containsExactly(7.0);
      assertThat(RawPeer.codes(answers))
          .containsExactly(
              "NetConnection.Connect.Success",
              "NetConnection.Call.Failed",
              "NetStream.Publish.Start",
              "NetStream.Publish.Start",
              "NetStream.Unpublish.Success");
      assertThat(RawPeer.commands(answers, "onFCPublish")).hasSize(1);
      assertThat(RawPeer.commands(answers, "onStatus"))
          .allMatch(status -> status.messageStreamId() == 1);
      assertThat(server.publications().getFirst().all())
          .containsExactly(new RecordedTags.Tag(18, 5, SCRIPT));
    }
  }

  @Test
  void answersEnhancedRtmpAndObjectEncodingOnlyWhereAsked() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG)) {
      Amf0Value.Keyed plain = connectAnswer(server, Map.of(), 0);
      assertThat(plain.properties()).doesNotContainKeys("fourCcList", "capsEx");
      Amf0Value fourCcs = new Amf0Value.StrictArray(List.of(new Amf0Value.Str("av01")));
      Amf0Value.Keyed enhanced = connectAnswer(server, Map.of("fourCcList", fourCcs), 0);
      assertThat(enhanced.get("fourCcList"))
          .contains(
              new Amf0Value.StrictArray(
                  List.of(
                      new Amf0Value.Str("avc1"),
                      new Amf0Value.Str("hvc1"),
                      new Amf0Value.Str("mp4a"),
                      new Amf0Value.Str(".mp3"))));
      assertThat(enhanced.get("videoFourCcInfoMap").orElseThrow())
          .isEqualTo(
              new Amf0Value.Obj(
                  Map.of("avc1", new Amf0Value.Num(4), "hvc1", new Amf0Value.Num(4))));
      assertThat(enhanced.number("capsEx")).hasValue(7);
      Amf0Value.Keyed information =
          connectAnswer(server, Map.of("objectEncoding", new Amf0Value.Num(3)), 1);
      assertThat(information.number("objectEncoding")).hasValue(3);
    }
  }

  private static Amf0Value.Keyed connectAnswer(
      TestServer server, Map<String, Amf0Value> extra, int argument) throws IOException {
    Map<String, Amf0Value> properties = new HashMap<>(extra);
    properties.put("app", new Amf0Value.Str("live"));
    try (RawPeer peer = new RawPeer(server.address())) {
      peer.handshake().call(0, "connect", 1, new Amf0Value.Obj(properties));
      List<RtmpMessage> answers = peer.readUntil("_result", 1);
      RtmpMessage.Command result = RawPeer.commands(answers, "_result").getFirst();
      return (Amf0Value.Keyed) result.argument(argument).orElseThrow();
    }
  }

  @Test
  void answersPingsAndBandwidthAndAcknowledges() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake()
          .send(new RtmpMessage.WindowAcknowledgementSize(1000))
          .send(new RtmpMessage.SetPeerBandwidth(5_000_000, 2))
          .send(new RtmpMessage.SetPeerBandwidth(5_000_000, 2))
          .send(new RtmpMessage.Acknowledgement(17))
          .send(new RtmpMessage.UserControl(6, Bytes.of(1, 2, 3, 4)))
          .send(new RtmpMessage.UserControl(3, Bytes.of(0, 0, 0, 1, 0, 0, 0, 9)));
      List<RtmpMessage> answers = peer.finish().readToEnd();
      assertThat(answers)
          .contains(new RtmpMessage.UserControl(7, Bytes.of(1, 2, 3, 4)))
          .containsOnlyOnce(new RtmpMessage.WindowAcknowledgementSize(5_000_000))
          .anyMatch(RtmpMessage.Acknowledgement.class::isInstance);
    }
  }

  @Test
  void refusesWrongKeyBeforeAnyPublishStart() throws Exception {
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake()
          .connect("live")
          .call(0, "FCPublish", 3, Amf0Value.NULL, new Amf0Value.Str("wrong"))
          .publish("wrong");
      List<RtmpMessage> answers = peer.readToEnd();
      assertThat(RawPeer.codes(answers))
          .containsExactly("NetConnection.Connect.Success", "NetStream.Publish.BadName");
      Amf0Value.Keyed info =
          (Amf0Value.Keyed)
              RawPeer.commands(answers, "onStatus").getFirst().argument(1).orElseThrow();
      assertThat(info.text("level")).contains("error");
      assertThat(info.text("description").orElseThrow()).contains("not accepted");
      await().untilAsserted(() -> assertThat(log.all()).contains("closed: the stream key is not"));
      assertThat(log.all()).contains("refused").doesNotContain("wrong");
      assertThat(server.publications()).isEmpty();
    }
  }

  @Test
  void refusesPlay() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake()
          .connect("live")
          .call(1, "play", 3, Amf0Value.NULL, new Amf0Value.Str("main"));
      assertThat(RawPeer.codes(peer.readToEnd())).endsWith("NetStream.Play.Failed");
    }
  }

  @Test
  void newestConnectionOfTheSameKeyTakesOver() throws Exception {
    try (LogCapture log = new LogCapture();
        EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG);
        RtmpClient first = new RtmpClient(loops, server.url("live/key-a"), 4096);
        RtmpClient second = new RtmpClient(loops, server.url("live/key-a"), 4096)) {
      first.publish().get();
      StreamPath path = new StreamPath("live", "shared");
      String before = publisher(server, path);
      second.publish().get();
      first.closed().get();
      String after = publisher(server, path);
      assertThat(first.statuses())
          .extracting(RtmpClient.Status::code)
          .endsWith("NetStream.Publish.Failed");
      assertThat(first.statuses().getLast().description()).contains("took over");
      assertThat(server.streams().find(path).orElseThrow().facts().state())
          .isEqualTo(StreamFacts.State.LIVE);
      assertThat(log.lines("audit"))
          .singleElement()
          .asString()
          .contains(before, after, "live/shared");
      assertThat(before).isNotEqualTo(after);
      // The line is written after the connection is closed.
      await().until(() -> log.all().contains("taken-over"));
      assertThat(log.all()).doesNotContain("key-a\"}");
    }
  }

  private static String publisher(TestServer server, StreamPath path) {
    return server
        .streams()
        .find(path)
        .orElseThrow()
        .facts()
        .publisher()
        .orElseThrow()
        .remoteAddress();
  }

  @Test
  void anotherKeyForTheSamePathIsRefused() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG);
        RtmpClient owner = new RtmpClient(loops, server.url("live/key-a"), 4096);
        RtmpClient other = new RtmpClient(loops, server.url("live/key-b"), 4096)) {
      owner.publish().get();
      assertThatThrownBy(() -> other.publish().get())
          .hasMessageContaining("NetStream.Publish.BadName");
      assertThat(owner.closed()).isNotDone();
    }
  }

  @Test
  void publishesAgainOnTheSameConnection() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake().connect("live").publish("twice");
      peer.readUntil("onStatus", 1);
      peer.publish("other");
      peer.readUntil("onStatus", 2);
      peer.call(1, "closeStream", 0, Amf0Value.NULL).publish("twice");
      List<RtmpMessage> answers = peer.readUntil("onStatus", 4);
      assertThat(RawPeer.codes(answers))
          .containsExactly(
              "NetConnection.Connect.Success",
              "NetStream.Publish.Start",
              "NetStream.Publish.BadName",
              "NetStream.Unpublish.Success",
              "NetStream.Publish.Start");
      assertThat(server.publications()).hasSize(2);
    }
  }

  @Test
  void deletingAnotherStreamDoesNotUnpublish() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG, false);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake().connect("live").publish("kept").readUntil("onStatus", 1);
      peer.call(0, "deleteStream", 6, Amf0Value.NULL, new Amf0Value.Num(2))
          .send(new RtmpMessage.Audio(0, Bytes.of(1)));
      await().until(() -> server.publications().getFirst().count(8) == 1);
      peer.call(0, "deleteStream", 7, Amf0Value.NULL, new Amf0Value.Num(1));
      assertThat(RawPeer.codes(peer.readUntil("onStatus", 2)))
          .endsWith("NetStream.Publish.Start", "NetStream.Unpublish.Success");
    }
  }

  @Test
  void closesConnectionsBeyondTheLimit() throws Exception {
    RtmpConfig config = TestServer.CONFIG.withMaxConnections(2);
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(config);
        RawPeer first = new RawPeer(server.address()).handshake();
        RawPeer second = new RawPeer(server.address()).handshake()) {
      await().untilAsserted(() -> assertThat(server.server().connections()).isEqualTo(2));
      try (RawPeer third = new RawPeer(server.address())) {
        assertThat(third.readToEnd()).isEmpty();
      }
      assertThat(log.all()).contains("connections are refused: 2 are open already");
      first.hangUp();
      await().untilAsserted(() -> assertThat(server.server().connections()).isEqualTo(1));
      second.connect("live").readUntil("_result", 1);
    }
  }

  @Test
  void aDefectCostsOneConnectionAndIsLoggedWithItsStack() throws Exception {
    try (LogCapture log = new LogCapture();
        EventLoops loops = new EventLoops(1, "test-client");
        LiveStreams streams =
            new LiveStreams(
                LiveConfig.DEFAULT,
                InstantSource.system(),
                System::nanoTime,
                TestServer.noTimer());
        RtmpServer server =
            new RtmpServer(
                TestServer.CONFIG,
                streams,
                (app, key) -> Optional.of(new Grant(new StreamPath(app, key), "open")),
                System::nanoTime,
                publication ->
                    (type, timestamp, body, nanos) -> {
                      throw new IllegalStateException("a bug of ours");
                    })) {
      URI base = URI.create("rtmp://127.0.0.1:" + server.start().getPort() + "/live/");
      try (RtmpClient bad = new RtmpClient(loops, base.resolve("bad"), 4096);
          RtmpClient good = new RtmpClient(loops, base.resolve("good"), 4096)) {
        good.publish().get();
        bad.publish().get();
        bad.send(9, 0, SCRIPT);
        bad.flush();
        bad.closed().get();
        assertThat(bad.statuses().getLast().description()).isEqualTo("internal error");
        assertThat(good.closed()).isNotDone();
      }
      assertThat(log.all()).contains("defect, the connection is closed");
    }
  }

  @Test
  void saysOnceThatThePortIsInUse() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG)) {
      RtmpConfig same = TestServer.CONFIG.at("127.0.0.1", server.address().getPort());
      assertThatThrownBy(() -> new TestServer(same)).isInstanceOf(BindException.class);
    }
  }

  @Test
  void tellsPublishersWhenItStops() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG);
        RtmpClient client = new RtmpClient(loops, server.url("live/last"), 4096)) {
      client.publish().get();
      server.server().close();
      client.closed().get();
      assertThat(client.statuses())
          .extracting(RtmpClient.Status::description)
          .contains("the server is stopping");
    }
  }
}
