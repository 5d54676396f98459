package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
final class RtmpClientTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 128, 4096, 1 << 20})
  void publishesTagsOfAllKindsWithAnyChunkSize(int chunkSize) throws Exception {
    List<RecordedTags.Tag> tags = new ArrayList<>();
    Random random = new Random(chunkSize);
    for (int i = 0; i < 60; i++) {
      byte[] body = new byte[1 + random.nextInt(9000)];
      random.nextBytes(body);
      int type = i % 3 == 0 ? 8 : i % 3 == 1 ? 9 : 18;
      int timestamp = i < 30 ? i * 20 : 0xFF_FFF0 + i * 20;
      tags.add(new RecordedTags.Tag(type, timestamp, Bytes.wrap(body)));
    }
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, server.url("live/k?x=y"), chunkSize)) {
      client.publish().get();
      tags.forEach(tag -> client.send(tag.type(), tag.timestamp(), tag.body()));
      client.flush();
      await()
          .untilAsserted(
              () -> assertThat(server.publications().getFirst().all()).hasSize(tags.size()));
      assertThat(server.publications().getFirst().all()).isEqualTo(tags);
      client.unpublish();
      client.closed().get();
      await().untilAsserted(() -> assertThat(server.server().connections()).isZero());
    }
  }

  @Test
  void countsAcknowledgements() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG, false);
        RtmpClient client = new RtmpClient(loops, server.url("live/ack"), 65536)) {
      client.publish().get();
      byte[] body = new byte[1_000_000];
      for (int i = 0; i < 4; i++) {
        client.send(9, i, Bytes.wrap(body));
        client.flush();
      }
      await().untilAsserted(() -> assertThat(client.acknowledgedBytes()).isGreaterThan(2_500_000));
    }
  }

  @Test
  void failsWhereNobodyListens() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (EventLoops loops = new EventLoops(1, "test-client");
        RtmpClient client =
            new RtmpClient(loops, URI.create("rtmp://127.0.0.1:" + port + "/live/k"), 4096)) {
      assertThatThrownBy(() -> client.publish().get())
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("cannot connect");
    }
  }

  @Test
  void failsWhereTheKeyIsRefused() throws Exception {
    try (EventLoops loops = new EventLoops(1, "test-client");
        TestServer server = new TestServer(TestServer.CONFIG);
        RtmpClient client = new RtmpClient(loops, server.url("live/wrong"), 4096)) {
      assertThatThrownBy(() -> client.publish().get())
          .hasMessageContaining("NetStream.Publish.BadName");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtmp://h/live", "http://h/live/k", "rtmp:///live/k", "live/k"})
  void refusesOtherTargets(String target) {
    try (EventLoops loops = new EventLoops(1, "test-client")) {
      assertThatThrownBy(() -> new RtmpClient(loops, URI.create(target), 4096).close())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
