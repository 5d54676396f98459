package dev.millrace.server.internal;

import dev.millrace.edge.HttpLoops;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.transcoder.worker.NoPlaceException;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import dev.millrace.transcoder.worker.WorkerLauncher.WorkerEvents;
import dev.millrace.transcoder.worker.WorkerPlace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Workers on other nodes, as the ingest node of their stream sees them: one request each, open as
 * long as the worker is wanted ({@link WorkerHost} answers it). Starting one waits for that node,
 * at most {@link #ANSWER_LIMIT}; do not call it on an event loop. Any other thread.
 */
public final class RemoteWorkers implements AutoCloseable {
  /** A node that is stopped accepts connections, for its system does. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);
  private static final Duration LOOP_WARNING = Duration.ofSeconds(2);
  private static final int MOST_WORKERS = 10_000;
  private static final int NO_PLACE = 503;
  private static final int LONGEST_REASON = 300;

  private final HttpLoops loops = new HttpLoops(1, 1, LOOP_WARNING);
  private final HttpClient client;
  private final InternalToken token;
  private final Duration answerLimit;
  private final Duration silence;
  private final LongSupplier nanoTime;

  /**
   * @param authority that must have signed the certificates of nodes
   * @param token of the cluster
   * @param nanoTime the monotonic clock
   */
  public RemoteWorkers(TrustedAuthority authority, InternalToken token, LongSupplier nanoTime) {
    this(authority, token, ANSWER_LIMIT, RemoteWorker.SILENCE, nanoTime);
  }

  RemoteWorkers(
      TrustedAuthority authority,
      InternalToken token,
      Duration answerLimit,
      Duration silence,
      LongSupplier nanoTime) {
    this.token = token;
    this.answerLimit = answerLimit;
    this.silence = silence;
    this.nanoTime = nanoTime;
    this.client =
        loops
            .vertx()
            .createHttpClient(
                options(authority, answerLimit), new PoolOptions().setHttp1MaxSize(MOST_WORKERS));
  }

  private static HttpClientOptions options(TrustedAuthority authority, Duration answerLimit) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setKeepAlive(false)
            .setTcpNoDelay(true)
            .setConnectTimeout((int) CONNECT_LIMIT.toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setSslHandshakeTimeout(answerLimit.toMillis());
    return authority.der().isEmpty()
        ? options
        : options
            .setSsl(true)
            .setUseAlpn(false)
            .setVerifyHost(true)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(pem(authority))));
  }

  private static String pem(TrustedAuthority authority) {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(authority.der().toArray())
        + "\n-----END CERTIFICATE-----\n";
  }

  /**
   * Starts workers on that node.
   *
   * @param place of another node
   * @throws IllegalArgumentException if it is this node
   */
  public WorkerLauncher at(WorkerPlace place) {
    URI address =
        place
            .address()
            .orElseThrow(() -> new IllegalArgumentException(place.node() + " is this node"));
    return (job, changed, events) -> start(place.node(), address, job, changed, events);
  }

  private Worker start(
      String node, URI address, WorkerJob job, Runnable changed, WorkerEvents events)
      throws IOException {
    String text = job.toText();
    CompletableFuture<Worker> answer =
        client
            .request(
                new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setAbsoluteURI(address.resolve(WorkerLines.ADDRESS).toString())
                    .putHeader(HttpHeaders.AUTHORIZATION.toString(), "Bearer " + token.secret()))
            .compose(request -> ask(request, node, text, changed, events))
            .toCompletionStage()
            .toCompletableFuture();
    try {
      return answer.get(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof NoPlaceException none
          ? none
          : new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      answer.thenAccept(Worker::kill); // should it come yet
      throw new IOException("it has not answered for " + answerLimit.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      answer.thenAccept(Worker::kill);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Future<Worker> ask(
      HttpClientRequest request, String node, String job, Runnable changed, WorkerEvents events) {
    // What breaks the request is told by its response; without a handler it is logged as an error.
    request.exceptionHandler(broken -> {}).setChunked(true).write(job);
    return request
        .response()
        .compose(
            response ->
                response.statusCode() == 200
                    ? Future.succeededFuture(
                        RemoteWorker.of(
                            loops.vertx(),
                            request,
                            response,
                            node,
                            new Silence(silence, nanoTime),
                            changed,
                            events,
                            nanoTime))
                    : refused(response).onComplete(told -> request.connection().close()));
  }

  private static Future<Worker> refused(HttpClientResponse response) {
    return response
        .body()
        .compose(
            body -> {
              String text = body.toString().strip();
              String reason = text.substring(0, Math.min(LONGEST_REASON, text.length()));
              return Future.failedFuture(
                  response.statusCode() == NO_PLACE
                      ? new NoPlaceException(reason)
                      : new IOException(response.statusCode() + " " + reason));
            });
  }

  /** Ends all of them: their nodes see their requests end. */
  @Override
  public void close() {
    loops.close();
  }
}
