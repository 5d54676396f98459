package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpareProcessesTest {
  private final List<Process> started = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start() throws IOException {
    Process process = new ProcessBuilder("sleep", "100").start();
    started.add(process);
    return process;
  }

  private static void await(SpareProcesses spares, int count) {
    Awaitility.await(count + " to wait").until(() -> spares.waiting() == count);
  }

  @Test
  void oneThatWaitedIsTakenAndAnotherWaitsLater() throws IOException {
    try (SpareProcesses spares = new SpareProcesses(this::start, 1, Duration.ofMillis(10))) {
      await(spares, 1);
      assertThat(spares.take()).isSameAs(started.getFirst());
      await(spares, 1);
      assertThat(started).hasSize(2);
      assertThat(started.getFirst().isAlive()).isTrue();
    }
  }

  @Test
  void oneIsStartedWhereNoneWaits() throws IOException {
    try (SpareProcesses spares = new SpareProcesses(this::start, 0, Duration.ZERO)) {
      assertThat(spares.take()).isSameAs(started.getFirst());
    }
    assertThat(started).hasSize(1);
  }

  @Test
  void oneThatDiedWaitingIsPassedOver() throws IOException {
    try (SpareProcesses spares = new SpareProcesses(this::start, 1, Duration.ofMillis(10))) {
      await(spares, 1);
      started.getFirst().destroyForcibly().onExit().join();
      assertThat(spares.take()).isSameAs(started.get(1));
    }
  }

  @Test
  void thoseThatWaitEndWithItButNotThoseAtWork() throws IOException {
    SpareProcesses spares = new SpareProcesses(this::start, 2, Duration.ofMillis(10));
    await(spares, 2);
    Process atWork = spares.take();
    spares.close();
    Process waited = started.get(atWork.equals(started.getFirst()) ? 1 : 0);
    assertThat(waited.onExit().join().isAlive()).isFalse();
    assertThat(atWork.isAlive()).isTrue();
    assertThat(spares.take()).isNotSameAs(atWork);
  }
}
