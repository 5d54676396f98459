package dev.millrace.server.internal;

import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerEvent;
import dev.millrace.transcoder.worker.WorkerLauncher.WorkerEvents;
import dev.millrace.transcoder.worker.WorkerStatus;
import dev.millrace.transcoder.worker.WorkerUsage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * A worker on another node: what the answer to its request has told of it. Lines are read on the
 * client's event loop; everything else may be called on any thread.
 */
final class RemoteWorker implements Worker {
  /** Its node says something four times a second. */
  static final Duration SILENCE = Duration.ofSeconds(2);

  private static final int LONGEST_LINE = 16_384;

  /** As of a process that was killed. */
  private static final int KILLED = 137;

  private final Vertx vertx;
  private final HttpClientRequest request;
  private final String node;
  private final Silence silence;
  private final Runnable changed;
  private final WorkerEvents events;
  private final LongSupplier nanoTime;
  private long timer = -1;

  /** Written on the event loop; a reader needs the last one only. */
  private volatile Report report;

  private volatile WorkerUsage usage = WorkerUsage.UNKNOWN;
  private volatile boolean mustMove;

  /** Set once; the first one counts. */
  private volatile Optional<End> end = Optional.empty();

  private record Report(Optional<WorkerStatus> status, long nanos) {}

  private record End(int exitStatus, Optional<String> lost) {}

  private RemoteWorker(
      Vertx vertx,
      HttpClientRequest request,
      String node,
      Silence silence,
      Runnable changed,
      WorkerEvents events,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.request = request;
    this.node = node;
    this.silence = silence;
    this.changed = changed;
    this.events = events;
    this.nanoTime = nanoTime;
    this.report = new Report(Optional.empty(), nanoTime.getAsLong());
  }

  /** One whose answer has begun; on its event loop. */
  static RemoteWorker of(
      Vertx vertx,
      HttpClientRequest request,
      HttpClientResponse response,
      String node,
      Silence silence,
      Runnable changed,
      WorkerEvents events,
      LongSupplier nanoTime) {
    RemoteWorker worker =
        new RemoteWorker(vertx, request, node, silence, changed, events, nanoTime);
    worker.read(response);
    return worker;
  }

  private void read(HttpClientResponse response) {
    RecordParser lines =
        RecordParser.newDelimited("\n", line -> line(line.toString(StandardCharsets.UTF_8)))
            .maxRecordSize(LONGEST_LINE)
            .exceptionHandler(tooLong -> lost("says more than fits a line"));
    request.exceptionHandler(broken -> lost("broke the connection"));
    response
        .exceptionHandler(broken -> lost("broke the connection"))
        .endHandler(ended -> lost("ended the connection"))
        .handler(
            bytes -> {
              silence.heard();
              lines.handle(bytes);
            });
    timer = vertx.setPeriodic(Silence.LOOK.toMillis(), each -> tick());
  }

  private void tick() {
    if (silence.isTooLong()) {
      lost("has said nothing for a while");
    } else if (isAlive()) {
      request.write(WorkerLines.STILL_WANTED);
    }
  }

  private void line(String line) {
    Optional<WorkerStatus> status = WorkerStatus.parse(line);
    OptionalInt exit = WorkerLines.parseExit(line);
    Optional<String> move = WorkerLines.parseMove(line);
    if (status.isPresent()) {
      report = new Report(status, nanoTime.getAsLong());
      changed.run();
    } else if (exit.isPresent()) {
      ended(new End(exit.getAsInt(), Optional.empty()));
    } else if (move.isPresent()) {
      mustMove = true;
      changed.run();
    } else {
      WorkerUsage.parse(line).ifPresent(told -> usage = told);
      WorkerEvent.parse(line).ifPresent(events::accept);
    }
  }

  private void lost(String how) {
    ended(new End(KILLED, Optional.of("node " + node + " " + how)));
  }

  private void ended(End how) {
    synchronized (this) {
      if (end.isPresent()) {
        return;
      }
      end = Optional.of(how);
    }
    vertx.cancelTimer(timer);
    request.connection().close();
    changed.run();
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public boolean isAlive() {
    return end.isEmpty();
  }

  @Override
  public int exitStatus() {
    return end.map(End::exitStatus).orElse(0);
  }

  @Override
  public Optional<String> lost() {
    return end.flatMap(End::lost);
  }

  @Override
  public boolean mustMove() {
    return mustMove;
  }

  @Override
  public Optional<WorkerStatus> status() {
    return report.status();
  }

  @Override
  public long statusNanos() {
    return report.nanos();
  }

  @Override
  public long residentBytes() {
    return usage.residentBytes();
  }

  @Override
  public long cpuNanos() {
    return usage.cpuNanos();
  }

  @Override
  public long pid() {
    return usage.pid();
  }

  /** Its node ends the process when it sees the connection closed, or hears nothing more. */
  @Override
  public void kill() {
    ended(new End(KILLED, Optional.empty()));
  }
}
