package dev.millrace.server.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** The worker processes of a node, as the operating system shows them. */
final class WorkerProcesses {
  private static final String MAIN = "dev.millrace.transcoder.ffmpeg.WorkerMain";

  private WorkerProcesses() {}

  static List<ProcessHandle> of(NodeUnderTest node) {
    return ProcessHandle.of(node.process().pid()).stream()
        .flatMap(ProcessHandle::children)
        .filter(WorkerProcesses::isWorker)
        .toList();
  }

  private static boolean isWorker(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).contains(MAIN);
    } catch (IOException e) {
      return false; // just gone
    }
  }

  /** The worker of a node that has exactly one. */
  static ProcessHandle awaitOne(NodeUnderTest node) {
    Awaitility.await("one worker")
        .atMost(Patience.OF_A_BUSY_MACHINE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> of(node).size() == 1);
    return of(node).getFirst();
  }

  /** Another one than the given, running; waits for it. */
  static ProcessHandle awaitOther(NodeUnderTest node, ProcessHandle old) {
    Awaitility.await("another worker than " + old.pid())
        .atMost(Patience.OF_A_BUSY_MACHINE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> of(node).stream().anyMatch(worker -> worker.pid() != old.pid()));
    return of(node).stream().filter(worker -> worker.pid() != old.pid()).findFirst().orElseThrow();
  }

  /** A signal by name, as the shell's kill sends it. */
  static void signal(ProcessHandle process, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until none of these lives. */
  static void awaitGone(List<ProcessHandle> processes, Duration atMost) {
    Awaitility.await("the processes " + processes + " to be gone")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }
}
