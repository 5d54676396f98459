package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine that cannot encode in real time: the worker's core is shared with programs that only
 * burn time, then they end.
 */
class OverloadIT {
  private static final int BURNERS = 14;
  private static final List<String> RUNGS = List.of("360p", "240p", "120p");

  @TempDir Path folder;

  @Test
  void rungsAreDroppedFromTheTopAndComeBack() {
    Programs.require("taskset");
    List<ChildProcess> burners = new ArrayList<>();
    try (NodeUnderTest node =
            NodeUnderTest.start(
                folder,
                Map.of(
                    "MILLRACE_TRANSCODE_LADDER", "360p:700k,240p:300k,120p:100k",
                    "MILLRACE_TRANSCODE_PRESET", "fast",
                    "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s"),
                "--open");
        ChildProcess publisher =
            Publisher.libav(folder, "test", node.rtmp("main"), "--size", "640x360")) {
      Renditions stream = new Renditions(node, "main", folder);
      stream.awaitMedia(1, RUNGS);
      ProcessHandle worker = WorkerProcesses.awaitOne(node);
      pinToOneCore(worker);
      try (PartTimes times = new PartTimes(node, "main", List.of("video"))) {
        for (int i = 0; i < BURNERS; i++) {
          burners.add(burner());
        }
        Streams.await(node, "main", "drops 360p", () -> isDropped(node, "360p"));
        assertThat(stream.api()).contains("overload");
        assertThat(node.process().output()).containsPattern("(?i)360p.*(real time|behind|slow)");
        assertThat(node.get("/metrics").body()).containsPattern("dropped\\{[^}]*360p[^}]*\\} 1");
        Streams.await(
            node, "main", "lists 360p no longer", () -> !stream.multivariant().contains("/360p/"));
        burners.forEach(ChildProcess::close);
        Awaitility.await("360p to come back")
            .atMost(Duration.ofSeconds(90))
            .until(() -> !isDropped(node, "360p"));
        Streams.await(
            node,
            "main",
            "has media in 360p again",
            () -> !stream.playlist("360p").segments().getLast().gap());
        Histogram pauses = times.pauses("video");
        System.out.println(
            "MEASURED parts of video under overload every " + PartTimes.text(pauses));
        assertThat(pauses.getMaxValue()).as("longest pause of the source, ms").isLessThan(1500);
      }
      assertThat(publisher.isAlive()).isTrue();
    } finally {
      burners.forEach(ChildProcess::close);
    }
  }

  private static boolean isDropped(NodeUnderTest node, String rung) {
    String json = node.get("/api/v1/streams/live/main").body().replaceAll("\\s", "");
    int at = json.indexOf("\"name\":\"" + rung + "\"", Math.max(0, json.indexOf("\"ladder\"")));
    int end = at < 0 ? -1 : json.indexOf('}', at);
    return end > 0 && json.substring(at, end).contains("\"dropped\":true");
  }

  private static void pinToOneCore(ProcessHandle process) {
    try {
      new ProcessBuilder("taskset", "-a", "-p", "-c", "0", Long.toString(process.pid()))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ChildProcess burner() {
    return ChildProcess.start(
        List.of("taskset", "-c", "0", "sh", "-c", "while :; do :; done"), Map.of(), folder);
  }
}
