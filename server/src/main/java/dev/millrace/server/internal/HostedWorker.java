package dev.millrace.server.internal;

import dev.millrace.transcoder.worker.NoPlaceException;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerEvent;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import dev.millrace.transcoder.worker.WorkerStatus;
import dev.millrace.transcoder.worker.WorkerUsage;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of this node that another node asked for, and the request that did. The worker is ended
 * by force when the request ends, its connection breaks, or nothing comes on it for a while. On the
 * connection's event loop, except {@link #move} and {@link #kill}, which any thread may call.
 */
final class HostedWorker {
  private static final Logger log = LoggerFactory.getLogger(HostedWorker.class);

  private static final int LONGEST_JOB = 16 << 10;
  private static final String END_OF_JOB = "\n\n";

  /** Who reads the process's pipes may be behind its end by so much. */
  private static final long LAST_WORDS_MS = 50;

  private final Context context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Silence silence;
  private final WorkerLauncher launcher;
  private final Executor starters;
  private final Consumer<HostedWorker> gone;
  private final Buffer text = Buffer.buffer();
  private long timer = -1;
  private boolean jobRead;
  private boolean over;
  private boolean ending;

  /** What the worker said before its start was told. */
  private final List<WorkerEvent> early = new ArrayList<>();

  private Optional<WorkerStatus> told = Optional.empty();
  private @Nullable String toMove;

  /** Set on the thread that starts it. */
  private volatile @Nullable Worker worker;

  /** Read on the thread that starts it. */
  private volatile boolean killed;

  /**
   * @param silence of the other node
   * @param starters runs what may block
   * @param gone called once, when all is over
   */
  HostedWorker(
      Context context,
      HttpServerRequest request,
      Silence silence,
      WorkerLauncher launcher,
      Executor starters,
      Consumer<HostedWorker> gone) {
    this.context = context;
    this.request = request;
    this.response = request.response();
    this.silence = silence;
    this.launcher = launcher;
    this.starters = starters;
    this.gone = gone;
  }

  /** Begins to read the job. */
  void begin() {
    response
        .exceptionHandler(broken -> end("the connection broke"))
        .closeHandler(closed -> end("the connection was closed"));
    request
        .exceptionHandler(broken -> end("the connection broke"))
        .endHandler(ended -> end("it is not wanted any more"))
        .handler(this::received);
    timer = context.owner().setPeriodic(Silence.LOOK.toMillis(), each -> tick());
  }

  private void received(Buffer bytes) {
    silence.heard();
    if (jobRead) {
      return;
    }
    text.appendBuffer(bytes);
    if (text.length() > LONGEST_JOB) {
      refuse(413, "a job has at most " + LONGEST_JOB + " bytes");
    } else if (text.toString(StandardCharsets.UTF_8).contains(END_OF_JOB)) {
      jobRead = true;
      start();
    }
  }

  private void start() {
    WorkerJob job;
    try {
      job =
          WorkerJob.read(
              new BufferedReader(new StringReader(text.toString(StandardCharsets.UTF_8))));
    } catch (IOException | IllegalArgumentException e) {
      refuse(400, "this is no job: " + e.getMessage());
      return;
    }
    try {
      starters.execute(() -> start(job));
    } catch (RejectedExecutionException e) {
      refuse(503, "this node stops");
    }
  }

  /** Not on the event loop. */
  private void start(WorkerJob job) {
    try {
      Worker started =
          launcher.start(job, () -> onLoop(this::look), event -> onLoop(() -> tell(event)));
      worker = started;
      if (killed) {
        started.kill();
      }
      onLoop(() -> started(job, started));
    } catch (NoPlaceException e) {
      onLoop(() -> refuse(503, String.valueOf(e.getMessage())));
    } catch (IOException | RuntimeException e) {
      log.atError().addKeyValue("stream", job.path()).setCause(e).log("a worker does not start");
      onLoop(() -> refuse(500, "a worker does not start: " + e.getMessage()));
    }
  }

  private void onLoop(Runnable task) {
    try {
      context.runOnContext(ignored -> task.run());
    } catch (RejectedExecutionException e) {
      kill(); // The event loops have ended, and the connection with them.
    }
  }

  private void started(WorkerJob job, Worker started) {
    if (over) {
      return;
    }
    log.atInfo()
        .addKeyValue("stream", job.path())
        .log("worker {} starts for {}", started.pid(), request.remoteAddress());
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    line(WorkerUsage.of(started).toLine());
    early.forEach(this::tell);
    early.clear();
    String why = toMove;
    if (why != null) {
      line(WorkerLines.move(why));
    }
    look();
  }

  private void tick() {
    Worker present = worker;
    if (silence.isTooLong()) {
      end("its node has said nothing for a while");
    } else if (!over && !ending && present != null && response.headWritten()) {
      // Also what tells the other side that this node is there.
      line(WorkerUsage.of(present).toLine());
    }
  }

  private void look() {
    Worker present = worker;
    if (over || ending || present == null || !response.headWritten()) {
      return;
    }
    Optional<WorkerStatus> status = present.status();
    if (status.isPresent() && !status.equals(told)) {
      told = status;
      line(status.get().toLine());
    }
    if (!present.isAlive()) {
      ending = true;
      context.owner().setTimer(LAST_WORDS_MS, waited -> finish(present.exitStatus()));
    }
  }

  private void tell(WorkerEvent event) {
    if (!over && response.headWritten()) {
      line(event.toLine());
    } else if (!over) {
      early.add(event);
    }
  }

  private void finish(int exitStatus) {
    if (!over) {
      line(WorkerLines.exit(exitStatus));
      end("the worker has ended with status " + exitStatus);
    }
  }

  /** One that does not read them is silent as well, and that ends it. */
  private void line(String line) {
    if (!response.writeQueueFull()) {
      response.write(line + "\n");
    }
  }

  private void refuse(int status, String why) {
    if (!over) {
      over(why);
      Refusal.send(request, status, why);
    }
  }

  private void end(String why) {
    if (!over) {
      over(why);
      if (response.headWritten() && !response.ended()) {
        response.end().onComplete(sent -> request.connection().close());
      } else {
        request.connection().close();
      }
    }
  }

  private void over(String why) {
    over = true;
    context.owner().cancelTimer(timer);
    Worker present = worker;
    if (present != null) {
      log.info("worker {} for {} ends: {}", present.pid(), request.remoteAddress(), why);
    }
    kill();
    gone.accept(this);
  }

  /** Asks the other node to put another one in its place. */
  void move(String why) {
    onLoop(
        () -> {
          toMove = why;
          if (!over && response.headWritten()) {
            line(WorkerLines.move(why));
          }
        });
  }

  /** Ends the process, if it is there or comes yet. */
  void kill() {
    killed = true;
    Worker present = worker;
    if (present != null) {
      present.kill();
    }
  }
}
