package dev.millrace.origin.http;

import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.media.log.http.ReadAddress;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A store behind real HTTP on the loopback interface. */
public final class ReadServer implements AutoCloseable {
  /** Of a reader that takes nothing. */
  public static final int MAX_WAITING = 500;

  public final OriginStore store = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final HttpServer server;

  public ReadServer() {
    ReadEndpoint endpoint = new ReadEndpoint(ReadSource.of(store), MAX_WAITING);
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    ReadAddress.parse(String.valueOf(request.path()))
                        .ifPresentOrElse(
                            address ->
                                endpoint.handle(vertx.getOrCreateContext(), request, address),
                            () -> request.response().setStatusCode(404).end()));
    try {
      server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** The store as another node sees it. */
  public HttpPartSource source() {
    return new HttpPartSource("node " + server.actualPort(), address(), "token", client, timer);
  }

  public ScheduledExecutorService timer() {
    return timer;
  }

  /** All connections break, and nobody is there any more. */
  public void kill() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    client.shutdownNow();
    timer.shutdownNow();
    store.close();
  }
}
