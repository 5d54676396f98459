package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.e2e.RawPublisher.Timed;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publications that come and go leave nothing behind: no process, no open file, no temporary file,
 * no memory. Ten of them, or as many as the system property {@code millrace.publications} says.
 */
class StartStopIT {
  private static final int PUBLICATIONS = Integer.getInteger("millrace.publications", 10);
  private static final int WARM_UP = Math.min(50, PUBLICATIONS / 3);

  @TempDir Path folder;

  @Test
  void publicationsThatEndLeaveNothingBehind() throws IOException {
    List<Timed> clip =
        RawPublisher.read(SharedMedia.require("media/srs_bbb_640x360.flv")).stream()
            .filter(timed -> timed.dueMs() < 2_600)
            .toList();
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    try (NodeUnderTest node =
        NodeUnderTest.start(
            folder,
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "120p:100k",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast",
                "MILLRACE_PUBLISH_RECONNECT_WINDOW", "1s",
                "MILLRACE_ORIGIN_ENDED_RETENTION", "1s",
                "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary),
            "--open")) {
      List<Long> resident = new ArrayList<>();
      long filesBefore = 0;
      long temporaryBefore = 0;
      long keptBefore = 0;
      for (int i = 0; i < PUBLICATIONS; i++) {
        publishAndEnd(node, "clip" + i % 5, clip);
        if (i == WARM_UP) {
          filesBefore = openFiles(node);
          temporaryBefore = files(temporary);
          keptBefore = filesBelow(folder.resolve("data"));
        }
        resident.add(residentKib(node));
      }
      System.out.printf(
          "MEASURED %d publications: node resident %d MiB after %d, %d MiB at the end; open files"
              + " %d, %d; temporary files %d, %d; files in the data folder %d, %d%n",
          PUBLICATIONS,
          resident.get(WARM_UP) >> 10,
          WARM_UP + 1,
          resident.getLast() >> 10,
          filesBefore,
          openFiles(node),
          temporaryBefore,
          files(temporary),
          keptBefore,
          filesBelow(folder.resolve("data")));
      assertThat(WorkerProcesses.of(node)).as("workers left").isEmpty();
      assertThat(openFiles(node)).as("open files").isLessThanOrEqualTo(filesBefore + 8);
      assertThat(files(temporary)).as("temporary files").isLessThanOrEqualTo(temporaryBefore);
      assertThat(filesBelow(folder.resolve("data"))).as("files kept").isEqualTo(keptBefore);
      assertThat(resident.getLast())
          .as("resident memory, KiB")
          .isLessThan(resident.get(WARM_UP) * 5 / 4 + (64 << 10));
      assertThat(node.process().output()).doesNotContain("ERROR").doesNotContain("LEAK");
    }
  }

  private static void publishAndEnd(NodeUnderTest node, String name, List<Timed> clip) {
    Awaitility.await("live/" + name + " to be free")
        .until(() -> !Streams.state(node, name).equals("live"));
    try (RawPublisher publisher = RawPublisher.start(node, name, clip)) {
      Awaitility.await("a worker").until(() -> !WorkerProcesses.of(node).isEmpty());
      Awaitility.await("the clip to be sent").until(publisher::isDone);
      assertThat(publisher.isRefused()).isFalse();
    }
    Awaitility.await("the worker to end").until(() -> WorkerProcesses.of(node).isEmpty());
  }

  private static long openFiles(NodeUnderTest node) throws IOException {
    return files(Path.of("/proc/" + node.process().pid() + "/fd"));
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  /**
   * Without what a node makes once, when it first needs it: FFmpeg's libraries, and the list of
   * streams whose numbers have overtaken the wall clock (here after streams that are shorter than a
   * segment).
   */
  private static long filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("worker/native")))
          .filter(file -> !file.endsWith("sequence-numbers"))
          .count();
    }
  }

  private static long residentKib(NodeUnderTest node) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + node.process().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
