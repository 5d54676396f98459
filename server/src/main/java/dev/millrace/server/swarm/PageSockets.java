package dev.millrace.server.swarm;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connections of many pages to a tracker, on one thread, that of an event loop: pages are called by
 * it. Any thread may call the methods here.
 */
public final class PageSockets implements AutoCloseable {
  /** Who a proxy on the edge's own machine speaks for. */
  public static final String FORWARDED_FOR = "X-Forwarded-For";

  private static final int MAX_MESSAGE_BYTES = 64 * 1024;
  private static final long CLOSE_SECONDS = 5;

  /** A page. Its methods are called by the thread of all pages. */
  public interface Page {
    /** It has a connection. */
    void opened(Socket socket);

    /** The tracker says this. */
    void heard(String text);

    /** It has no connection, or no more. */
    void ended(String why);
  }

  /** The way to the tracker; of the thread of all pages. */
  @FunctionalInterface
  public interface Socket {
    /** Sends this; it waits where the tracker does not read. */
    void send(String text);
  }

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setPreferNativeTransport(true)
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(1));

  private final WebSocketClient client;

  /**
   * @param most connections at once
   */
  public PageSockets(int most) {
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxConnections(most)
                .setMaxFrameSize(MAX_MESSAGE_BYTES)
                .setMaxMessageSize(MAX_MESSAGE_BYTES));
  }

  /**
   * Connects a page to a tracker of this machine.
   *
   * @param from address that it is at, as a proxy would tell
   */
  public void connect(URI tracker, String from, Page page) {
    WebSocketConnectOptions to =
        new WebSocketConnectOptions()
            .setAbsoluteURI(tracker.toString())
            .addHeader(FORWARDED_FOR, from);
    vertx.runOnContext(
        ignored ->
            client
                .connect(to)
                .onSuccess(socket -> opened(socket, page))
                .onFailure(failure -> page.ended("could not come: " + failure)));
  }

  private static void opened(WebSocket socket, Page page) {
    socket.textMessageHandler(page::heard);
    socket.exceptionHandler(failure -> {}); // the connection ends, too
    socket.closeHandler(
        closed ->
            page.ended(
                "its connection was closed: "
                    + socket.closeStatusCode()
                    + " "
                    + socket.closeReason()));
    page.opened(socket::writeTextMessage);
  }

  /** Has the thread of all pages do this once, after so long. */
  public void later(Duration delay, Runnable task) {
    vertx.setTimer(delay.toMillis(), ignored -> task.run());
  }

  /** Has it do this again and again. */
  public void each(Duration period, Runnable task) {
    vertx.setPeriodic(period.toMillis(), ignored -> task.run());
  }

  /** Ends all connections, as far as that is soon done; pages hear of it. */
  @Override
  public void close() {
    Future<Void> closed = vertx.close();
    try {
      closed.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Thousands of them take longer than anybody waits: the end of the process ends them.
    }
  }
}
