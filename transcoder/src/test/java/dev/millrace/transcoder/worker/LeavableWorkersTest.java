package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Workers of the node's own streams, when the node drains. */
class LeavableWorkersTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final WorkerJob JOB =
      new WorkerJob(
          URI.create("http://127.0.0.1:1/feed"),
          URI.create("http://127.0.0.1:1"),
          "token",
          TrustedAuthority.NONE,
          1,
          PATH,
          EncoderPreference.AUTO,
          "fast",
          0,
          Duration.ZERO,
          160,
          Duration.ofMillis(500),
          true);

  private final AtomicBoolean alive = new AtomicBoolean(true);
  private final AtomicInteger told = new AtomicInteger();
  private final LeavableWorkers workers =
      new LeavableWorkers((job, changed, events) -> new FakeWorker());

  private final class FakeWorker implements Worker {
    @Override
    public boolean isAlive() {
      return alive.get();
    }

    @Override
    public int exitStatus() {
      return 0;
    }

    @Override
    public Optional<WorkerStatus> status() {
      return Optional.empty();
    }

    @Override
    public long statusNanos() {
      return 0;
    }

    @Override
    public long residentBytes() {
      return 7;
    }

    @Override
    public long cpuNanos() {
      return 0;
    }

    @Override
    public long pid() {
      return 1;
    }

    @Override
    public void kill() {
      alive.set(false);
    }
  }

  private Worker start() throws IOException {
    return workers.start(JOB, told::incrementAndGet, event -> {});
  }

  @Test
  void stayUntilTheyAreAskedToMove() throws Exception {
    Worker worker = start();
    assertThat(worker.mustMove()).isFalse();
    assertThat(worker.residentBytes()).isEqualTo(7);
    assertThat(workers.obstacle(PATH)).isEmpty();
    workers.leave();
    assertThat(worker.mustMove()).isTrue();
    assertThat(told).as("its supervisor looks at once").hasValue(1);
  }

  @Test
  void noneIsStartedOnANodeThatDrains() {
    workers.leave();
    assertThat(workers.obstacle(PATH)).isPresent();
    assertThatThrownBy(this::start).isInstanceOf(NoPlaceException.class);
  }

  @Test
  void countsThoseThatAreNotGoneYet() throws Exception {
    Worker worker = start();
    workers.leave();
    assertThat(workers.count()).isOne();
    worker.kill();
    assertThat(workers.count()).isZero();
  }
}
