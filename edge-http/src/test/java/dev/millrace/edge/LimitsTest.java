package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.log.LogPosition;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private final EdgeFixture edge =
      new EdgeFixture(
          new EdgeConfig(
              "127.0.0.1",
              0,
              2,
              20,
              5,
              2,
              10_000,
              Duration.ofSeconds(60),
              Duration.ofSeconds(60),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              MetricsAccess.PRIVATE,
              Duration.ofSeconds(1),
              true));

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void refusesMoreHeldRequestsThanAllowed() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition next = stream.next();
    List<CompletableFuture<HttpResponse<byte[]>>> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add(edge.getAsync(EdgeFixture.playlist(next)));
    }
    await().until(() -> edge.server.heldRequests() == 5);
    assertThat(edge.get(EdgeFixture.playlist(next)).statusCode()).isEqualTo(503);
    assertThat(edge.get(EdgeFixture.part(next)).statusCode()).isEqualTo(503);
    stream.parts(1);
    assertThat(held).allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(200));
    assertThat(edge.get(EdgeFixture.playlist(next)).statusCode()).isEqualTo(200);
  }

  @Test
  void closesConnectionsBeyondTheLimit() throws IOException {
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      open.add(RawHttp.open(edge.port(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    await().until(() -> edge.server.openConnections() == 20);
    assertThat(RawHttp.exchange(edge.port(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
    for (Socket socket : open) {
      socket.close();
    }
    await().until(() -> edge.server.openConnections() == 0);
    assertThat(edge.get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void sendsWhatIsLargerThanTheWholeCache() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition large = stream.next();
    CompletableFuture<HttpResponse<byte[]>> waiting = edge.getAsync(EdgeFixture.part(large));
    await().until(() -> edge.server.heldRequests() == 1);
    stream.part(100_000);
    assertThat(waiting.join().body()).hasSize(100_000);
    assertThat(edge.get(EdgeFixture.part(large)).body()).hasSize(100_000);
  }
}
