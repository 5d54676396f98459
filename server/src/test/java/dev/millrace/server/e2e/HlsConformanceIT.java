package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * hlscheck's 115 rules on what this server serves. One check at a time: several of its rules
 * measure time.
 */
@Order(1) // the longest of all: it must not be the last, alone
class HlsConformanceIT {
  @TempDir static Path folder;
  private static NodeUnderTest node;

  @BeforeAll
  static void start() {
    node =
        NodeUnderTest.start(folder, Map.of("MILLRACE_PUBLISH_RECONNECT_WINDOW", "20s"), "--open");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void plainPublisher() {
    assertConforms("plain");
  }

  @Test
  void audioOnlyPublisher() {
    assertConforms("audio", "--no-video");
  }

  @Test
  void videoOnlyPublisher() {
    assertConforms("video", "--no-audio");
  }

  @Test
  void publisherThatEnds() {
    String url = node.rtmp("end");
    ChildProcess publisher = Publisher.libav(folder, "test", url, "--size", "320x180");
    try (ChildProcess check = checkOnceReady("end", 50, "--expect-end")) {
      // The reconnect window of 20 s closes within the watch of 50 s.
      publisher.close();
      HlsCheck.assertNoFailure(check, 50);
    } finally {
      publisher.close();
    }
  }

  @Test
  void publisherThatReconnects() {
    String url = node.rtmp("reconnect");
    ChildProcess first = Publisher.libav(folder, "test", url, "--size", "320x180");
    try (ChildProcess check = checkOnceReady("reconnect", 45, "--expect-discontinuity")) {
      first.kill();
      awaitState("reconnect", "waiting");
      try (ChildProcess second = Publisher.libav(folder, "test", url, "--size", "320x180")) {
        awaitState("reconnect", "live");
        HlsCheck.assertNoFailure(check, 45);
        assertThat(second.isAlive()).isTrue();
      }
    } finally {
      first.close();
    }
  }

  private static void assertConforms(String name, String... options) {
    String[] all = new String[options.length + 2];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = "--size";
    all[options.length + 1] = "320x180";
    try (ChildProcess publisher = Publisher.libav(folder, "test", node.rtmp(name), all);
        ChildProcess check = checkOnceReady(name, 30)) {
      HlsCheck.assertNoFailure(check, 30);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static ChildProcess checkOnceReady(String name, int seconds, String... options) {
    // A stream that has just begun cannot list the six segments that the rules ask for.
    awaitSegments(name, 6);
    return HlsCheck.start(folder, node.playlist(name), seconds, options);
  }

  private static void awaitSegments(String name, int segments) {
    Streams.await(
        node,
        name,
        "to have %d segments".formatted(segments),
        () -> Streams.segments(node, name) >= segments);
  }

  private static void awaitState(String name, String state) {
    Streams.await(node, name, "to be " + state, () -> Streams.state(node, name).equals(state));
  }
}
