package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.transcoder.worker.EncoderPreference;
import dev.millrace.transcoder.worker.NoPlaceException;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerEvent;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import dev.millrace.transcoder.worker.WorkerStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A node's workers without processes. */
final class FakeWorkers implements WorkerLauncher {
  static final WorkerJob JOB =
      new WorkerJob(
          URI.create("http://127.0.0.1:1/feed"),
          URI.create("http://127.0.0.1:1"),
          "token",
          TrustedAuthority.NONE,
          7,
          StreamPath.parse("live/main"),
          EncoderPreference.AUTO,
          "veryfast",
          0,
          Duration.ZERO,
          160,
          Duration.ofSeconds(1),
          true);

  final BlockingQueue<Fake> started = new LinkedBlockingQueue<>();
  volatile String full = "";
  volatile String fault = "";

  /** What the next one says before it is known to have started. */
  volatile String firstWords = "";

  @Override
  public Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException {
    if (!full.isEmpty()) {
      throw new NoPlaceException(full);
    }
    if (!fault.isEmpty()) {
      throw new IOException(fault);
    }
    Fake worker = new Fake(job, changed, events);
    if (!firstWords.isEmpty()) {
      worker.say(firstWords);
    }
    started.add(worker);
    return worker;
  }

  /** The next one that is started, waited for. */
  Fake next() throws InterruptedException {
    Fake worker = started.poll(20, TimeUnit.SECONDS);
    if (worker == null) {
      throw new AssertionError("no worker was started");
    }
    return worker;
  }

  /** One that does what the test says. */
  static final class Fake implements Worker {
    final WorkerJob job;
    private final Runnable changed;
    private final WorkerEvents events;
    private volatile Optional<WorkerStatus> status = Optional.empty();
    private volatile boolean alive = true;
    private volatile int exitStatus;

    Fake(WorkerJob job, Runnable changed, WorkerEvents events) {
      this.job = job;
      this.changed = changed;
      this.events = events;
    }

    void report(long frames) {
      status = Optional.of(new WorkerStatus(frames, frames, 0, "libx264", List.of()));
      changed.run();
    }

    void say(String text) {
      events.accept(new WorkerEvent(WorkerEvent.Level.WARN, text));
    }

    void end(int with) {
      exitStatus = with;
      alive = false;
      changed.run();
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public int exitStatus() {
      return exitStatus;
    }

    @Override
    public Optional<WorkerStatus> status() {
      return status;
    }

    @Override
    public long statusNanos() {
      return 0;
    }

    @Override
    public long residentBytes() {
      return 123 << 20;
    }

    @Override
    public long cpuNanos() {
      return 456;
    }

    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public void kill() {
      if (alive) {
        end(137);
      }
    }
  }
}
