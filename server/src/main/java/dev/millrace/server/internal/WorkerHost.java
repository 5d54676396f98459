package dev.millrace.server.internal;

import dev.millrace.transcoder.worker.WorkerLauncher;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Runs workers for other nodes: {@code POST /internal/v1/workers}, whose body is a job and stays
 * open as long as the worker is wanted, answered by lines that tell how it fares. No worker
 * outlives the request: see {@link HostedWorker}.
 */
public final class WorkerHost implements InternalRoute {
  /** An ingest node says twice a second that it is there. */
  static final Duration CLIENT_SILENCE = Duration.ofSeconds(4);

  private final WorkerLauncher launcher;
  private final Duration clientSilence;
  private final LongSupplier nanoTime;
  private final ExecutorService starters =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("host-", 0).factory());
  private final Set<HostedWorker> workers = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * @param launcher starts workers on this node, no more than it can take
   * @param nanoTime the monotonic clock
   */
  public WorkerHost(WorkerLauncher launcher, LongSupplier nanoTime) {
    this(launcher, CLIENT_SILENCE, nanoTime);
  }

  WorkerHost(WorkerLauncher launcher, Duration clientSilence, LongSupplier nanoTime) {
    this.launcher = launcher;
    this.clientSilence = clientSilence;
    this.nanoTime = nanoTime;
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    if (!path.equals(WorkerLines.ADDRESS)) {
      return false;
    }
    if (!HttpMethod.POST.equals(request.method())) {
      Refusal.send(request, 405, "a worker is asked for by POST");
    } else if (draining) {
      Refusal.send(request, 503, "this node drains and takes no more workers");
    } else {
      Silence silence = new Silence(clientSilence, nanoTime);
      HostedWorker worker =
          new HostedWorker(context, request, silence, launcher, starters, workers::remove);
      workers.add(worker);
      worker.begin();
    }
    return true;
  }

  /** Workers that run here for other nodes, or are being started. */
  public int count() {
    return workers.size();
  }

  /**
   * Whether the node is to be rid of its workers: it takes no new ones, and the nodes that have
   * some here are asked to start others elsewhere, which then take over. Any thread.
   */
  public void drain(boolean on) {
    draining = on;
    if (on) {
      workers.forEach(each -> each.move("the node drains"));
    }
  }

  /** Ends all of them at once. */
  @Override
  public void close() {
    draining = true;
    workers.forEach(HostedWorker::kill);
    starters.shutdown();
  }
}
