package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * hlscheck's 115 rules on what this server serves, to publishers of different kinds. Its checks
 * watch at the same time, since each mostly waits.
 */
@Order(1) // the longest of all: it must not be the last, alone
class HlsConformanceIT {
  private static final int WATCH = 30;
  private static final int WATCH_END = 50;
  private static final int WATCH_RECONNECT = 45;

  /** A stream that has just begun cannot list the six segments that the rules ask for. */
  private static final int SEGMENTS = 6;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static NodeUnderTest node;

  private static final List<ChildProcess> processes = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static Watched plain;

  @SuppressWarnings("NullAway.Init")
  private static Watched audio;

  @SuppressWarnings("NullAway.Init")
  private static Watched video;

  @SuppressWarnings("NullAway.Init")
  private static Watched end;

  @SuppressWarnings("NullAway.Init")
  private static Watched reconnect;

  /** Who publishes a stream and who watches it. */
  private record Watched(ChildProcess publisher, ChildProcess check) {}

  @BeforeAll
  static void start() {
    node =
        NodeUnderTest.start(folder, Map.of("MILLRACE_PUBLISH_RECONNECT_WINDOW", "20s"), "--open");
    ChildProcess plainPublisher = publish("plain");
    ChildProcess audioPublisher = publish("audio", "--no-video");
    ChildProcess videoPublisher = publish("video", "--no-audio");
    ChildProcess endPublisher = publish("end");
    ChildProcess reconnectPublisher = publish("reconnect");
    plain = watch("plain", plainPublisher, WATCH);
    audio = watch("audio", audioPublisher, WATCH);
    video = watch("video", videoPublisher, WATCH);
    end = watch("end", endPublisher, WATCH_END, "--expect-end");
    reconnect = watch("reconnect", reconnectPublisher, WATCH_RECONNECT, "--expect-discontinuity");
    // The reconnect window of 20 s closes within the watch.
    end.publisher.close();
    reconnect.publisher.kill();
    awaitState("reconnect", "waiting");
    publish("reconnect");
    awaitState("reconnect", "live");
  }

  private static ChildProcess publish(String name, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--size", "320x180"));
    return started(Publisher.libav(folder, "test", node.rtmp(name), all.toArray(String[]::new)));
  }

  private static Watched watch(
      String name, ChildProcess publisher, int seconds, String... options) {
    Streams.await(
        node,
        publisher,
        name,
        "to have %d segments".formatted(SEGMENTS),
        () -> Streams.segments(node, name) >= SEGMENTS);
    ChildProcess check = HlsCheck.start(folder, node.playlist(name), seconds, options);
    return new Watched(publisher, started(check));
  }

  private static ChildProcess started(ChildProcess process) {
    processes.add(process);
    return process;
  }

  private static void awaitState(String name, String state) {
    Streams.await(node, name, "to be " + state, () -> Streams.state(node, name).equals(state));
  }

  @AfterAll
  static void stop() {
    processes.reversed().forEach(ChildProcess::close);
    processes.clear(); // a failure is tried again in this process
    node.close();
  }

  @Test
  void plainPublisher() {
    HlsCheck.assertNoFailure(plain.check, WATCH);
    assertThat(plain.publisher.isAlive()).isTrue();
  }

  @Test
  void audioOnlyPublisher() {
    HlsCheck.assertNoFailure(audio.check, WATCH);
    assertThat(audio.publisher.isAlive()).isTrue();
  }

  @Test
  void videoOnlyPublisher() {
    HlsCheck.assertNoFailure(video.check, WATCH);
    assertThat(video.publisher.isAlive()).isTrue();
  }

  @Test
  void publisherThatEnds() {
    HlsCheck.assertNoFailure(end.check, WATCH_END);
  }

  @Test
  void publisherThatReconnects() {
    HlsCheck.assertNoFailure(reconnect.check, WATCH_RECONNECT);
  }
}
