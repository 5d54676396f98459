package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An edge by plain HTTP, at the end of whose answers a test stands. */
class EdgeClientTest {
  private static final StreamPath SHOW = StreamPath.parse("live/show");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong nanoTime = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(1);
  private HttpServer server;
  private EdgeClient edge;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          await(answers);
          boolean news = exchange.getRequestURI().getPath().endsWith("/site");
          exchange.sendResponseHeaders(news ? 200 : 404, -1);
          exchange.close();
        });
    server.start();
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    edge = new EdgeClient(address, "token", http, timer, nanoTime::get);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    answers.countDown();
    server.stop(0);
    http.shutdownNow();
    timer.shutdownNow();
  }

  private CompletableFuture<Bytes> part(int number) {
    return edge.source().bytes(SHOW, "video", number + ".0.m4s").toCompletableFuture();
  }

  @Test
  void asksLittleOfAnEdgeThatDoesNotAnswer() {
    for (int i = 0; i < 100; i++) {
      boolean given = part(i).cancel(true); // as a hedge does with who is slower
      assertThat(given).isEqualTo(i < 4);
    }
    assertThatThrownBy(() -> part(100).get())
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("does not answer now");
    assertThat(asked.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void asksAgainAsSoonAsItAnswersAnything() throws Exception {
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Bytes> _ = part(i);
    }
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() == 4);
    assertThat(part(10)).isCompletedExceptionally();
    answers.countDown();
    assertThat(edge.news().get().streams()).isEmpty();
    for (int i = 20; i < 40; i++) {
      assertThatThrownBy(part(i)::get).hasCauseInstanceOf(NoSuchFileException.class);
    }
  }
}
