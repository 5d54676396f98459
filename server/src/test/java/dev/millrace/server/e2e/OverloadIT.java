package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A machine that cannot encode in real time: the worker has one processor and must share it with
 * programs that only burn time; then they end. Node, publisher and viewer have the others.
 */
@Isolated("needs the processors, or measures what having them costs")
class OverloadIT {
  private static final int BURNERS = 8;
  private static final String TOP = "240p";
  private static final List<String> RUNGS = List.of(TOP, "120p");

  /** Ten calm seconds for each rung on a machine with room, a minute on one without. */
  private static final Duration RETURN = Duration.ofMinutes(3);

  @TempDir Path folder;

  @Test
  void rungsAreDroppedFromTheTopAndComeBack() {
    Programs.require("taskset");
    List<ChildProcess> burners = new ArrayList<>();
    try (NodeUnderTest node =
            NodeUnderTest.start(
                folder,
                Map.of(
                    "MILLRACE_TRANSCODE_LADDER", "240p:300k,120p:100k",
                    "MILLRACE_TRANSCODE_PRESET", "fast",
                    "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s"),
                "--open");
        ChildProcess publisher =
            Publisher.libav(folder, "test", node.rtmp("main"), "--size", "640x360")) {
      Renditions stream = new Renditions(node, "main", folder);
      stream.awaitMedia(2, RUNGS);
      await("a speed of " + TOP, () -> speed(node, TOP) > 0);
      assertThat(node.process().output()).as("start-up is no overload").doesNotContain("left out");
      ProcessHandle worker = WorkerProcesses.awaitOne(node);
      pinToOneProcessor(worker);
      try (PartTimes times = new PartTimes(node, "main", List.of("video", "audio"))) {
        for (int i = 0; i < BURNERS; i++) {
          burners.add(burner());
        }
        await(TOP + " to be left out", () -> isDropped(node, TOP));
        assertThat(stream.api()).contains("\"overload\"").contains("the machine is too slow");
        assertThat(node.process().output())
            .containsPattern(TOP + " is left out: the machine is too slow")
            .containsPattern("WARN +live/main left out for now: " + TOP);
        assertThat(node.get("/metrics").body())
            .containsPattern("millrace_rung_dropped\\{[^}]*\"" + TOP + "\"[^}]*\\} 1");
        await(TOP + " to be withdrawn", () -> !stream.multivariant().contains(TOP + "/index.m3u8"));
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);

        burners.forEach(ChildProcess::close);
        await(TOP + " to come back", () -> !isDropped(node, TOP));
        await(TOP + " to have media", () -> hasMediaAtItsEnd(stream.playlist(TOP)));
        await(TOP + " to be offered", () -> stream.multivariant().contains(TOP + "/index.m3u8"));
        assertThat(node.process().output()).contains(TOP + " is encoded again");
        await("the warning to be over", () -> !stream.api().contains("\"overload\""));
        assertUndisturbed(stream, times);
      }
      assertThat(WorkerProcesses.awaitOne(node)).as("no other worker").isEqualTo(worker);
      assertThat(publisher.isAlive()).isTrue();
    } finally {
      burners.forEach(ChildProcess::close);
    }
  }

  private static void assertUndisturbed(Renditions stream, PartTimes times) {
    for (String rendition : List.of("video", "audio")) {
      Histogram pauses = times.pauses(rendition);
      System.out.println(
          "MEASURED parts of " + rendition + " under overload every " + PartTimes.text(pauses));
      assertThat(pauses.getValueAtPercentile(95))
          .as("milliseconds between parts of %s", rendition)
          .isLessThan(1500);
      assertThat(stream.playlist(rendition).segments()).noneMatch(Segment::gap);
    }
    assertThat(stream.playlist(TOP).segments().stream().map(Segment::discontinuity).distinct())
        .as("discontinuity numbers of what was left out and came back")
        .hasSize(1);
  }

  private static boolean hasMediaAtItsEnd(MediaPlaylist playlist) {
    return !playlist.segments().isEmpty() && !playlist.segments().getLast().gap();
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(RETURN).pollInterval(Duration.ofMillis(200)).until(condition);
  }

  private static boolean isDropped(NodeUnderTest node, String rung) {
    return rung(node, rung).contains("\"dropped\":true");
  }

  private static double speed(NodeUnderTest node, String rung) {
    String json = rung(node, rung);
    int at = json.indexOf("\"speed\":");
    return at < 0 ? 0 : Double.parseDouble(json.substring(at + 8).split("[,}]", -1)[0]);
  }

  /** The rung's object in the API, without white space; empty where it is not there. */
  private static String rung(NodeUnderTest node, String rung) {
    String json = node.get("/api/v1/streams/live/main").body().replaceAll("\\s", "");
    int at = json.indexOf("\"name\":\"" + rung + "\"", Math.max(0, json.indexOf("\"ladder\"")));
    int end = at < 0 ? -1 : json.indexOf('}', at);
    return end < 0 ? "" : json.substring(at, end);
  }

  private static void pinToOneProcessor(ProcessHandle process) {
    try {
      new ProcessBuilder("taskset", "-a", "-p", "-c", "0", Long.toString(process.pid()))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ChildProcess burner() {
    return ChildProcess.start(
        List.of("taskset", "-c", "0", "sh", "-c", "while :; do :; done"), Map.of(), folder);
  }
}
