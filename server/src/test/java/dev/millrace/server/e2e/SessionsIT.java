package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers that leave, return, meet, die; nodes that stop, are killed, and start again. */
class SessionsIT {
  @TempDir Path folder;

  @Test
  void publisherThatReturnsGoesOnInTheSamePlaylist() {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess first = test(node, "back")) {
      awaitSegments(node, "back", 2);
      first.kill();
      Streams.await(node, "back", "waits", () -> Streams.state(node, "back").equals("waiting"));
      long before = Streams.newest(node, "back");
      assertThat(Streams.playlist(node, "back", "video")).doesNotContain("#EXT-X-ENDLIST");
      try (ChildProcess second = test(node, "back")) {
        for (String rendition : List.of("video", "audio")) {
          Streams.await(
              node,
              "back",
              "goes on behind a discontinuity in " + rendition,
              () -> Streams.playlist(node, "back", rendition).contains("#EXT-X-DISCONTINUITY\n"));
        }
        assertThat(Streams.newest(node, "back")).isGreaterThanOrEqualTo(before);
        assertThat(second.isAlive()).isTrue();
      }
    }
  }

  @Test
  void publisherThatStaysAwayEndsTheStream() {
    try (NodeUnderTest node =
            NodeUnderTest.start(
                folder, Map.of("MILLRACE_PUBLISH_RECONNECT_WINDOW", "2s"), "--open");
        ChildProcess publisher = test(node, "gone")) {
      awaitSegments(node, "gone", 1);
      publisher.kill();
      Streams.await(
          node,
          "gone",
          "ends",
          () ->
              Streams.playlist(node, "gone", "video").contains("#EXT-X-ENDLIST")
                  && Streams.playlist(node, "gone", "audio").contains("#EXT-X-ENDLIST"));
    }
  }

  @Test
  void sameCredentialTakesOverAtOnce() {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess old = ffmpeg(node.rtmp("twice"))) {
      awaitSegments(node, "twice", 1);
      try (ChildProcess newer = ffmpeg(node.rtmp("twice"))) {
        old.awaitExit(Duration.ofSeconds(10));
        Streams.await(
            node,
            "twice",
            "goes on with the second publisher",
            () -> Streams.playlist(node, "twice", "video").contains("#EXT-X-DISCONTINUITY\n"));
        assertThat(newer.isAlive()).isTrue();
        assertThat(node.process().output()).contains("audit").contains("live/twice");
      }
    }
  }

  @Test
  void otherCredentialIsRefusedWithBadName() throws IOException {
    Path config = folder.resolve("millrace.yaml");
    Files.writeString(
        config,
        """
        publish:
          keys:
            - path: live/main
              key: first-secret-key-0123456789
            - path: live/main
              key: other-secret-key-0123456789
        """);
    try (NodeUnderTest node = NodeUnderTest.start(folder, Map.of(), "--config", config.toString());
        ChildProcess first = ffmpeg(node.rtmp("first-secret-key-0123456789"))) {
      awaitSegments(node, "main", 1);
      try (ChildProcess other = ffmpeg(node.rtmp("other-secret-key-0123456789"));
          ChildProcess stranger = ffmpeg(node.rtmp("no-such-key-0123456789"))) {
        assertThat(other.awaitExit(Duration.ofSeconds(20))).isNotZero();
        assertThat(stranger.awaitExit(Duration.ofSeconds(20))).isNotZero();
        assertThat(other.output()).contains("published with another key");
      }
      assertThat(first.isAlive()).isTrue();
      assertThat(Streams.state(node, "main")).isEqualTo("live");
      assertThat(Streams.playlist(node, "main", "video")).doesNotContain("DISCONTINUITY\n");
      assertThat(node.process().output()).doesNotContain("secret-key");
    }
  }

  @Test
  void deadPublisherIsNoticed() {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher = test(node, "frozen")) {
      awaitSegments(node, "frozen", 1);
      long stoppedAt = System.nanoTime();
      publisher.signal("STOP");
      Streams.await(node, "frozen", "waits", () -> Streams.state(node, "frozen").equals("waiting"));
      assertThat(Duration.ofNanos(System.nanoTime() - stoppedAt))
          .as("time until the dead publisher was noticed: 5 s, and some for a busy machine")
          .isLessThan(Duration.ofSeconds(7));
      publisher.signal("CONT");
    }
  }

  @Test
  void numbersGoForwardWhenTheNodeIsKilledAndStartedAgain() {
    long before;
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher = test(node, "again")) {
      awaitSegments(node, "again", 2);
      before = Streams.newest(node, "again");
      assertThat(publisher.isAlive()).isTrue();
      node.process().kill();
    }
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher = test(node, "again")) {
      awaitSegments(node, "again", 1);
      assertThat(Streams.mediaSequence(node, "again")).isGreaterThan(before);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void termEndsStreamsAndExitsWithZero() throws Exception {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher = test(node, "stop")) {
      awaitSegments(node, "stop", 1);
      long next = Streams.newest(node, "stop") + 2;
      CompletableFuture<HttpResponse<String>> held =
          CompletableFuture.supplyAsync(
              () -> node.get("/hls/live/stop/video/index.m3u8?_HLS_msn=" + next));
      Streams.await(
          node,
          "stop",
          "has the segment before it",
          () -> Streams.newest(node, "stop") >= next - 2);
      node.process().signal("TERM");
      HttpResponse<String> answer = held.get(20, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("#EXT-X-ENDLIST");
      assertThat(node.process().awaitExit(Duration.ofSeconds(15))).isZero();
      assertThat(publisher.pid()).isPositive();
    }
  }

  @Test
  void portInUseIsOneLineAndStatusTwo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0);
        ChildProcess node =
            ChildProcess.start(
                Installation.node(
                    List.of(
                        "run",
                        "--rtmp-port",
                        Integer.toString(taken.getLocalPort()),
                        "--http-port",
                        "0",
                        "--data",
                        folder.resolve("data").toString())),
                Map.of(),
                folder)) {
      assertThat(node.awaitExit(Duration.ofSeconds(30))).isEqualTo(2);
      assertThat(node.output())
          .contains(Integer.toString(taken.getLocalPort()))
          .doesNotContain("\tat ");
    }
  }

  private ChildProcess test(NodeUnderTest node, String name) {
    return Publisher.libav(folder, "test", node.rtmp(name), "--size", "320x180");
  }

  /** The system's ffmpeg, which does not come back by itself. */
  private ChildProcess ffmpeg(String url) {
    return Publisher.ffmpeg(
        folder,
        ("-re -f lavfi -i testsrc2=size=320x180:rate=30 -f lavfi -i sine=frequency=440 "
                + "-c:v libx264 -preset ultrafast -tune zerolatency -g 60 -c:a aac -f flv "
                + url)
            .split(" "));
  }

  private static void awaitSegments(NodeUnderTest node, String name, int segments) {
    Streams.await(
        node,
        name,
        "has %d segments".formatted(segments),
        () -> Streams.segments(node, name) >= segments);
  }
}
