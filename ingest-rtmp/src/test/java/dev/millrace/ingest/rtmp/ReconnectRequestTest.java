package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.ingest.rtmp.RecordedTags.Tag;
import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Publishers are sent from one server to another (Enhanced RTMP v2, "Reconnect Request"). */
@ExtendWith(LeakCheck.class)
final class ReconnectRequestTest {
  private static final Bytes METADATA =
      Bytes.fromHex("02000a 6f6e4d65746144617461 080000000000000009");
  private static final Bytes CUE = Bytes.fromHex("02000a 6f6e437565506f696e74 05");
  private static final Bytes VIDEO_HEADER =
      Bytes.fromHex(
          "17 00 000000 0164001effe1001a 6764001eacd940d83de6f0110000030001000003003"
              + "00f162d96 01000568ebecb22cfdf8f800");
  private static final Bytes AUDIO_HEADER = Bytes.fromHex("af 00 1190");
  private static final int HEADERS = 3;

  /** What was sent, in order. */
  private final List<Tag> sent = new ArrayList<>();

  private int frame;

  private void send(RtmpClient client, int type, int timestamp, Bytes body) {
    sent.add(new Tag(type, timestamp, body));
    client.send(type, timestamp, body);
  }

  private void headers(RtmpClient client) {
    send(client, 18, 0, METADATA);
    send(client, 9, 0, VIDEO_HEADER);
    send(client, 8, 0, AUDIO_HEADER);
    send(client, 18, 0, CUE);
    client.flush();
  }

  /** A frame of video and one of audio; a key frame each ten. */
  private void frames(RtmpClient client, boolean video) {
    int timestamp = 40 * frame;
    if (video) {
      Bytes number = Bytes.of(0, 0, 0, 2, frame % 10 == 0 ? 0x65 : 0x41, frame & 0x7F);
      Bytes start = Bytes.of(frame % 10 == 0 ? 0x17 : 0x27, 1, 0, 0, 0);
      send(client, 9, timestamp, Bytes.concat(List.of(start, number)));
    }
    send(client, 8, timestamp, Bytes.of(0xAF, 1, frame & 0x7F));
    client.flush();
    frame++;
  }

  private static URI address(TestServer server) {
    return URI.create("rtmp://127.0.0.1:" + server.address().getPort());
  }

  /** All that arrived, without the headers that are told again. */
  private static List<Tag> arrived(TestServer from, TestServer to, int repeated) {
    List<Tag> all = new ArrayList<>(from.publications().getFirst().all());
    List<Tag> there = to.publications().getLast().all();
    all.addAll(there.subList(Math.min(repeated, there.size()), there.size()));
    return all;
  }

  @Test
  void goesToTheOtherServerAtAKeyFrameAndLosesNothing() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer from = new TestServer(TestServer.CONFIG, false);
        TestServer to = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, from.url("live/key-a?x=y"), 4096)) {
      client.publish().get();
      headers(client);
      for (int i = 0; i < 25; i++) {
        frames(client, true);
      }
      assertThat(from.server().publishers()).isEqualTo(1);
      assertThat(from.server().askToReconnect(Optional.of(address(to)), "upgrade")).isEqualTo(1);
      await()
          .untilAsserted(
              () -> {
                frames(client, true);
                assertThat(to.publications()).isNotEmpty();
                assertThat(to.publications().getFirst().all()).hasSizeGreaterThan(40);
              });
      await().untilAsserted(() -> assertThat(arrived(from, to, HEADERS)).isEqualTo(sent));

      List<Tag> there = to.publications().getFirst().all();
      int timestamp = there.get(HEADERS).timestamp();
      assertThat(there.get(HEADERS).body().slice(0, 1)).as("a key frame").isEqualTo(Bytes.of(0x17));
      assertThat(there.subList(0, HEADERS))
          .containsExactly(
              new Tag(18, timestamp, METADATA),
              new Tag(9, timestamp, VIDEO_HEADER),
              new Tag(8, timestamp, AUDIO_HEADER));
      assertThat(client.tcUrl()).isEqualTo(address(to).resolve("/live"));
      assertThat(client.closed()).isNotDone();
      assertThat(client.statuses())
          .contains(
              new RtmpClient.Status("status", "NetConnection.Connect.ReconnectRequest", "upgrade"));
      await().untilAsserted(() -> assertThat(from.server().connections()).isZero());
      client.unpublish();
      client.closed().get();
    }
  }

  @Test
  void soundAloneNeedsNoKeyFrame() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer from = new TestServer(TestServer.CONFIG, false);
        TestServer to = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, from.url("live/key-a"), 4096)) {
      client.publish().get();
      send(client, 8, 0, AUDIO_HEADER);
      frames(client, false);
      from.server().askToReconnect(Optional.of(address(to)), "upgrade");
      await()
          .untilAsserted(
              () -> {
                frames(client, false);
                assertThat(to.publications()).isNotEmpty();
              });
      await().untilAsserted(() -> assertThat(arrived(from, to, 1)).isEqualTo(sent));
    }
  }

  @Test
  void comesBackToTheSameAddressWhereNoOtherIsTold() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, server.url("live/key-a"), 4096)) {
      client.publish().get();
      headers(client);
      frames(client, true);
      assertThat(server.server().askToReconnect(Optional.empty(), "new keys")).isEqualTo(1);
      await()
          .untilAsserted(
              () -> {
                frames(client, true);
                assertThat(server.publications()).hasSize(2);
              });
      await().untilAsserted(() -> assertThat(arrived(server, server, HEADERS)).isEqualTo(sent));
      await().untilAsserted(() -> assertThat(server.server().connections()).isEqualTo(1));
      assertThat(client.closed()).isNotDone();
    }
  }

  @Test
  void staysWhereTheOtherServerRefuses() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer from = new TestServer(TestServer.CONFIG, false);
        TestServer to = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, from.url("live/key-a"), 4096)) {
      to.server().acceptPublishers(false);
      client.publish().get();
      headers(client);
      frames(client, true);
      from.server().askToReconnect(Optional.of(address(to)), "upgrade");
      await()
          .untilAsserted(
              () -> {
                frames(client, true);
                assertThat(client.statuses())
                    .anyMatch(status -> status.code().equals("NetStream.Publish.Failed"));
              });
      await().untilAsserted(() -> assertThat(from.publications().getFirst().all()).isEqualTo(sent));
      assertThat(to.publications()).isEmpty();
      assertThat(client.closed()).isNotDone();
    }
  }

  @Test
  void staysWhereTheOtherServerIsNotThere() throws Exception {
    URI nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = URI.create("rtmp://127.0.0.1:" + free.getLocalPort());
    }
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer from = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, from.url("live/key-a"), 4096)) {
      client.publish().get();
      headers(client);
      from.server().askToReconnect(Optional.of(nobody), "upgrade");
      for (int i = 0; i < 30; i++) {
        frames(client, true);
      }
      await().untilAsserted(() -> assertThat(from.publications().getFirst().all()).isEqualTo(sent));
      assertThat(client.tcUrl()).isEqualTo(address(from).resolve("/live"));
    }
  }

  @Test
  void leavesThoseAloneThatDoNotUnderstandUntilTheyAreClosed() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG, false);
        RawPeer plain = new RawPeer(server.address())) {
      plain.handshake().connect("live").publish("key-a");
      plain.readUntil("onStatus", 1);
      assertThat(server.server().publishers()).isEqualTo(1);
      assertThat(server.server().askToReconnect(Optional.empty(), "upgrade")).isZero();
      assertThat(server.server().closePublishers(false, "this node is being drained")).isEqualTo(1);
      List<RtmpMessage> rest = plain.readToEnd();
      assertThat(RawPeer.codes(rest)).endsWith("NetStream.Publish.Failed");
      await().untilAsserted(() -> assertThat(server.server().publishers()).isZero());
    }
  }

  @Test
  void saysItAsTheSpecificationHasIt() throws Exception {
    try (TestServer server = new TestServer(TestServer.CONFIG, false);
        RawPeer peer = new RawPeer(server.address())) {
      peer.handshake()
          .call(
              0,
              "connect",
              1,
              new Amf0Value.Obj(
                  Map.of("app", new Amf0Value.Str("live"), "capsEx", new Amf0Value.Num(1))))
          .publish("key-a");
      peer.readUntil("onStatus", 1);
      assertThat(
              server
                  .server()
                  .askToReconnect(Optional.of(URI.create("rtmp://b.example:1936")), "upgrade"))
          .isEqualTo(1);
      RtmpMessage.Command status =
          RawPeer.commands(peer.readUntil("onStatus", 2), "onStatus").getLast();
      assertThat(status.messageStreamId()).isZero();
      assertThat(status.transactionId()).isZero();
      assertThat(status.argument(0)).hasValue(Amf0Value.NULL);
      assertThat(status.argument(1).orElseThrow())
          .isEqualTo(
              new Amf0Value.Obj(
                  Map.of(
                      "level", new Amf0Value.Str("status"),
                      "code", new Amf0Value.Str("NetConnection.Connect.ReconnectRequest"),
                      "description", new Amf0Value.Str("upgrade"),
                      "tcUrl", new Amf0Value.Str("rtmp://b.example:1936/live"))));
    }
  }

  @Test
  void aServerThatDrainsTakesNoNewPublisherAndKeepsThoseItHas() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, server.url("live/key-a"), 4096);
        RtmpClient late = new RtmpClient(loops, server.url("live/other"), 4096)) {
      client.publish().get();
      server.server().acceptPublishers(false);
      assertThat(late.publish().handle((done, failure) -> String.valueOf(failure)).get())
          .contains("NetStream.Publish.Failed", "no new publishers");
      headers(client);
      await()
          .untilAsserted(() -> assertThat(server.publications().getFirst().all()).isEqualTo(sent));
      server.server().acceptPublishers(true);
      try (RtmpClient again = new RtmpClient(loops, server.url("live/other"), 4096)) {
        again.publish().get();
      }
    }
  }

  @Test
  void understandsAbsoluteAndRelativeAddresses() throws IOException {
    RtmpTarget target = RtmpTarget.of(URI.create("rtmp://a.example:1936/live/secret?x=y"));
    assertThat(target.movedTo("rtmp://b.example/live").orElseThrow().tcUrl())
        .isEqualTo(URI.create("rtmp://b.example/live"));
    assertThat(target.movedTo("//b.example:1999/other").orElseThrow().tcUrl())
        .isEqualTo(URI.create("rtmp://b.example:1999/other"));
    assertThat(target.movedTo("/other").orElseThrow().app()).isEqualTo("other");
    assertThat(target.movedTo("/other").orElseThrow().streamKey()).isEqualTo("secret?x=y");
    assertThat(target.movedTo("http://b.example/live")).isEmpty();
    assertThat(target.movedTo("rtmp://b.example")).isEmpty();
    assertThat(target.movedTo("rtmp://[")).isEmpty();
    assertThat(target.toString()).doesNotContain("secret");
  }
}
