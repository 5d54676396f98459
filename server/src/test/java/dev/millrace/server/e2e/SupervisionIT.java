package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The life of workers by really ending them: viewers of the source see nothing of it, those of a
 * rung a gap. One node with one stream for what can be put right; another whose workers may not
 * have the memory they need, for what cannot.
 */
@TestMethodOrder(OrderAnnotation.class)
@Isolated("needs the processors, or measures what having them costs")
class SupervisionIT {
  private static final Map<String, String> LADDER =
      Map.of(
          "MILLRACE_TRANSCODE_LADDER", "160p:200k",
          "MILLRACE_TRANSCODE_PRESET", "ultrafast",
          "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s",
          "MILLRACE_PUBLISH_RECONNECT_WINDOW", "20s");

  private static final List<String> RUNGS = List.of("160p", "audio-64k");

  @TempDir static Path folder;
  private static NodeUnderTest node;
  private static NodeUnderTest poor;
  private static ChildProcess publisher;
  private static ChildProcess poorPublisher;
  private static Renditions stream;

  @BeforeAll
  static void start() {
    poor =
        NodeUnderTest.start(
            folder.resolve("poor"),
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "160p:200k",
                "MILLRACE_TRANSCODE_WORKER_MEMORY", "64MiB"),
            "--open");
    poorPublisher = publish(poor, "--size", "640x360", "--fps", "10");
    node = NodeUnderTest.start(folder.resolve("node"), LADDER, "--open");
    publisher = publish(node);
    stream = new Renditions(node, "main", folder);
    stream.awaitMedia(2, List.of("video", "160p", "audio", "audio-64k"));
  }

  private static ChildProcess publish(NodeUnderTest to, String... more) {
    List<String> options = new ArrayList<>(List.of("--bar-code", "--bitrate", "300000"));
    options.addAll(more.length == 0 ? List.of("--size", "320x180") : List.of(more));
    return Publisher.libav(folder, "test", to.rtmp("main"), options.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    publisher.close();
    poorPublisher.close();
    node.close();
    poor.close();
  }

  @Test
  @Order(1)
  void killedWorkerIsReplacedAndRungsGoOnWhereTheSourceIs() {
    disturb("killed", 2000, worker -> WorkerProcesses.signal(worker, "KILL"));
  }

  @Test
  @Order(2)
  void hangingWorkerIsReplaced() {
    // Noticed after 1.2 s of silence; alone on the machine all of it takes less than 2 s.
    disturb("stopped", 6000, worker -> WorkerProcesses.signal(worker, "STOP"));
    assertThat(node.process().output()).contains("hangs");
  }

  @Test
  @Order(1)
  void nativeCodeIsInTheWorkerAndNotInTheNode() {
    assertThat(loaded(WorkerProcesses.awaitOne(node).pid())).contains("libavcodec");
    assertThat(loaded(node.process().pid())).contains("libjvm").doesNotContain("libav");
  }

  /** What the operating system has mapped into a process. */
  private static String loaded(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/maps"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does something to the worker, and judges what viewers get. */
  private static void disturb(String what, long withinMs, Consumer<ProcessHandle> deed) {
    stream.awaitMedia(1, RUNGS);
    ProcessHandle worker = WorkerProcesses.awaitOne(node);
    try (PartTimes times = new PartTimes(node, "main", List.of("video", "audio"))) {
      awaitParts(times, 4);
      long before = stream.playlist("160p").newest();
      long startNanos = System.nanoTime();
      deed.accept(worker);
      ProcessHandle other = WorkerProcesses.awaitOther(node, worker);
      long startedMs = (System.nanoTime() - startNanos) / 1_000_000;
      Streams.await(
          node,
          "main",
          "has media again in 160p",
          () ->
              stream.playlist("160p").parts().stream()
                  .anyMatch(part -> part.msn() > before + 1 && !part.gap()));
      long mediaMs = (System.nanoTime() - startNanos) / 1_000_000;
      System.out.printf(
          "MEASURED worker %s: another started after %d ms, media in its rung after %d ms%n",
          what, startedMs, mediaMs);
      assertThat(startedMs).as("milliseconds until another worker started").isLessThan(withinMs);
      assertThat(other.isAlive()).isTrue();
      assertThat(worker.isAlive()).as("the old worker").isFalse();
      awaitParts(times, times.count("video") + 4);
      assertUndisturbed(times);
    }
    stream.awaitMedia(1, RUNGS);
    assertThat(stream.playlist("160p").segments())
        .as("segments that were missed")
        .anySatisfy(segment -> assertThat(segment.gap()).isTrue());
    assertOneTimeline(false);
    Streams.await(
        node, "main", "is encoded again", () -> stream.ladder("state").equals("encoding"));
  }

  private static void awaitParts(PartTimes times, int count) {
    Awaitility.await("parts of the source")
        .atMost(Patience.OF_A_BUSY_MACHINE)
        .until(() -> times.count("video") >= count && times.count("audio") >= count / 2);
  }

  private static void assertUndisturbed(PartTimes times) {
    for (String rendition : List.of("video", "audio")) {
      Histogram pauses = times.pauses(rendition);
      System.out.println(
          "MEASURED parts of " + rendition + " come every " + PartTimes.text(pauses));
      assertThat(pauses.getMaxValue())
          .as("longest pause between parts of %s in milliseconds", rendition)
          .isLessThan(2500);
    }
    assertThat(stream.playlist("video").segments()).noneMatch(Segment::gap);
  }

  /** All segments that the rungs list are those of the source, gaps included. */
  private static void assertOneTimeline(boolean withDiscontinuity) {
    Aligned.assertCommonSegments(stream, "video", List.of("160p"), Aligned.MILLISECOND_US);
    Aligned.assertCommonSegments(stream, "audio", List.of("audio-64k"), Aligned.SOUND_FRAME_US);
    if (!withDiscontinuity) {
      assertThat(Streams.playlist(node, "main", "160p")).doesNotContain("#EXT-X-DISCONTINUITY\n");
    }
  }

  @Test
  @Order(3)
  void publisherThatReturnsHasItsRungsBehindTheSameDiscontinuity() {
    publisher.kill();
    Streams.await(node, "main", "waits", () -> Streams.state(node, "main").equals("waiting"));
    publisher = publish(node);
    for (String rendition : List.of("video", "audio", "160p", "audio-64k")) {
      Streams.await(
          node,
          "main",
          "goes on behind a discontinuity in " + rendition,
          () -> Streams.playlist(node, "main", rendition).contains("#EXT-X-DISCONTINUITY\n"));
    }
    stream.awaitMedia(2, List.of("video", "audio", "160p", "audio-64k"));
    assertOneTimeline(true);
    assertThat(WorkerProcesses.of(node)).hasSize(1);
  }

  @Test
  @Order(4)
  void workerThatOutgrowsItsMemoryAgainAndAgainLeavesTheSourceOnly() {
    Renditions poorStream = new Renditions(poor, "main", folder);
    Streams.await(
        poor,
        "main",
        "waits longer and longer for its next worker",
        () -> Integer.parseInt("0" + poorStream.ladder("restarts")) >= 3);
    assertThat(poor.process().output())
        .containsPattern("takes \\d+ MiB of memory, may take 64; replaced")
        .containsPattern("takes \\d+ MiB of memory, may take 64; the next one starts in 1 s")
        .containsPattern("takes \\d+ MiB of memory, may take 64; the next one starts in 2 s");
    Streams.await(
        poor,
        "main",
        "is offered as it is published",
        () ->
            poorStream.multivariant().contains("640x360")
                && !poorStream.multivariant().contains("/160p/")
                && !poorStream.multivariant().contains("160p/index.m3u8"));
    assertThat(poorStream.playlist("video").segments()).isNotEmpty().noneMatch(Segment::gap);
    assertThat(poorPublisher.isAlive()).isTrue();
  }

  @Test
  @Order(5)
  void noWorkerOutlivesItsNode() {
    List<ProcessHandle> workers = WorkerProcesses.of(node);
    assertThat(workers).isNotEmpty();
    node.process().kill();
    WorkerProcesses.awaitGone(workers, Duration.ofSeconds(20));

    NodeUnderTest again = NodeUnderTest.start(folder.resolve("again"), LADDER, "--open");
    try (ChildProcess other = publish(again)) {
      List<ProcessHandle> others = List.of(WorkerProcesses.awaitOne(again));
      again.process().signal("TERM");
      assertThat(again.process().awaitExit(Duration.ofSeconds(20))).isZero();
      WorkerProcesses.awaitGone(others, Duration.ofSeconds(2));
      assertThat(other.pid()).isPositive();
    } finally {
      again.close();
    }
  }
}
