package dev.millrace.server.internal;

import static dev.millrace.server.internal.InternalFixture.EPOCH;
import static dev.millrace.server.internal.InternalFixture.PATH;
import static dev.millrace.server.internal.InternalFixture.description;
import static dev.millrace.server.internal.InternalFixture.entry;
import static dev.millrace.server.internal.InternalFixture.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.http.LogHeaders;
import dev.millrace.media.log.http.RemoteRenditionSink;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are wrong, slow, or mean harm. */
class HostileClientTest {
  private static final String PART = "/internal/v1/parts/live/main/720p/1000-700.0.m4s";

  private final InternalFixture fixture = new InternalFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer a-token-for-test\r\n",
        "Authorization: Bearer a-token-for-testsx\r\n",
        "Authorization: Basic a-token-for-tests\r\n",
        "Authorization: bearer a-token-for-tests\r\n"
      })
  void nobodyIsServedWithoutTheToken(String authorization) throws IOException {
    for (String path : List.of(PART, "/internal/v1/feed/live/main", "/")) {
      assertThat(
              fixture.exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n"))
          .startsWith("HTTP/1.1 401");
    }
  }

  @Test
  void theSinkSaysThatItsTokenIsWrong() {
    try (RemoteRenditionSink stranger =
        new RemoteRenditionSink(
            fixture.server.address(), "guess", TrustedAuthority.NONE, 1, Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> stranger.tail(PATH, "720p"))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("401 the token is missing or wrong");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 404",
    "GET, /internal/v1/parts/live/main/720p/, 404",
    "GET, /internal/v1/parts/live/main/..%2f720p/tail, 404",
    "GET, /internal/v1/feed/live, 404",
    "GET, /internal/v1/parts/live/main/720p/1000-700.0.m4s, 405",
    "PUT, /internal/v1/parts/live/main/720p/tail, 405",
    "DELETE, /internal/v1/pictures/live/main/poster.jpg, 405",
    "PUT, /internal/v1/parts/live/main/720p/1000-700.0.m4s, 400",
    "PUT, /internal/v1/parts/live/main/720p/init-0123456789abcdef.mp4, 400",
    "PUT, /internal/v1/pictures/live/main/poster.jpg, 400",
    "PUT, /internal/v1/pictures/live/main/1-2.jpg, 400"
  })
  void otherRequestsAreRefused(String method, String path, int status) throws IOException {
    assertThat(fixture.exchange(head(method, path) + "\r\n")).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void whatIsNotHttpIsRefused() throws IOException {
    assertThat(fixture.exchange("\u0000\u0001\u0002\r\n\r\n")).contains(" 400 Bad Request");
    assertThat(fixture.exchange("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n"))
        .contains(" 400 Bad Request");
    assertThat(fixture.exchange(head("GET", "/") + "X: " + "x".repeat(20_000) + "\r\n\r\n"))
        .contains(" 400 Bad Request");
  }

  @Test
  void aBodyMustBeAsLongAsItsEntryTells() throws IOException {
    String chunked = head("PUT", PART) + header(new byte[5]) + "Transfer-Encoding: chunked\r\n\r\n";
    assertThat(fixture.exchange(chunked + "6\r\nabcdef\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("longer than its entry tells");
    assertThat(fixture.exchange(chunked + "4\r\nabcd\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("shorter than its entry tells");
  }

  @Test
  void aBodyThatDoesNotComeIsGivenUp() throws IOException {
    String slow =
        fixture.exchange(
            head("PUT", PART) + header(new byte[500]) + "Content-Length: 500\r\n\r\nsome");
    assertThat(slow).startsWith("HTTP/1.1 408");
  }

  /** Promises take no memory for long: others are told to come again, and can a moment later. */
  @Test
  void promisesDoNotUseTheMemoryUp() throws IOException {
    List<Socket> promising = new ArrayList<>();
    byte[] large = new byte[InternalFixture.BODIES.partBytes()];
    String promise =
        head("PUT", PART) + header(large) + "Content-Length: " + large.length + "\r\n\r\n";
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      for (int i = 0; i < 3; i++) {
        Socket socket = fixture.connect();
        socket.getOutputStream().write(promise.getBytes(StandardCharsets.US_ASCII));
        promising.add(socket);
      }
      await().until(() -> fixture.server.connections() == 4);
      assertThat(fixture.exchange(promise)).startsWith("HTTP/1.1 503");
      Bytes data = Bytes.wrap(large);
      assertThat(sink.append(PATH, "720p", entry(0, data), data))
          .as("tried again until there is room")
          .isEqualTo(AppendResult.ACCEPTED);
    } finally {
      for (Socket socket : promising) {
        socket.close();
      }
    }
  }

  @Test
  void whoCutsABodyOffCostsNothing() throws IOException {
    byte[] large = new byte[InternalFixture.BODIES.partBytes()];
    String cut =
        head("PUT", PART) + header(large) + "Content-Length: " + large.length + "\r\n\r\nbegin";
    for (int i = 0; i < 20; i++) {
      try (Socket socket = fixture.connect()) {
        socket.getOutputStream().write(cut.getBytes(StandardCharsets.US_ASCII));
      }
    }
    await().until(() -> fixture.server.connections() == 0);
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      Bytes data = Bytes.wrap(large);
      assertThat(sink.append(PATH, "720p", entry(0, data), data)).isEqualTo(AppendResult.ACCEPTED);
    }
  }

  @Test
  void connectionsAreLimited() throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < InternalFixture.MAX_CONNECTIONS; i++) {
      idle.add(fixture.connect());
    }
    await().until(() -> fixture.server.connections() == InternalFixture.MAX_CONNECTIONS);
    try (Socket late = fixture.connect()) {
      assertThat(late.getInputStream().read()).isEqualTo(-1);
    }
    for (Socket socket : idle) {
      socket.close();
    }
    await().until(() -> fixture.server.connections() == 0);
    assertThat(fixture.exchange(head("GET", "/") + "\r\n")).startsWith("HTTP/1.1 404");
  }

  @Test
  void damagedRequestsHurtNobody() throws IOException {
    Random random = new Random(7);
    byte[] whole =
        (head("PUT", PART) + header(new byte[64]) + "Content-Length: 64\r\n\r\n" + "x".repeat(64))
            .getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = whole.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try (Socket socket = fixture.connect()) {
        socket.getOutputStream().write(damaged);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException reset) {
        // A server that closes with bytes unread resets.
      }
    }
    try (RemoteRenditionSink sink = fixture.sink()) {
      assertThat(sink.describe(PATH, EPOCH, description("720p"))).isEqualTo(AppendResult.ACCEPTED);
    }
  }

  @Test
  void aStoppingServerFailsItsWritersCleanly() {
    URI address = fixture.server.address();
    fixture.server.close();
    try (RemoteRenditionSink sink = InternalFixture.sink(address, 1)) {
      assertThatThrownBy(() -> sink.tail(PATH, "720p"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("failed 4 times");
    }
  }

  private static String header(byte[] data) {
    return LogHeaders.ENTRY + ": " + LogHeaders.entry(entry(0, Bytes.wrap(data))) + "\r\n";
  }
}
