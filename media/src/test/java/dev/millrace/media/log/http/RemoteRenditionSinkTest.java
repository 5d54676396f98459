package dev.millrace.media.log.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Thumbnail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sink asks of an origin, and what it makes of each answer. */
class RemoteRenditionSinkTest {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final Bytes DATA = Bytes.utf8("moof mdat");
  private static final Bytes INIT = Bytes.utf8("ftyp moov");
  private static final String INIT_NAME = FileName.Init.of(INIT).toString();
  private static final PartEntry ENTRY =
      new PartEntry(
          new LogPosition(5, 700, 2),
          500_000,
          DATA.length(),
          true,
          false,
          false,
          3,
          INIT_NAME,
          1_763_740_000_000_000L,
          4,
          DATA.sha256(),
          MerkleTree.root(DATA));

  /** An answer of the server: status, a header and its value. */
  private record Answer(int status, String header, String value, String body) {}

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Answer> answers = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private RemoteRenditionSink sink;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    sink = sink(server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    sink.close();
    server.stop(0);
  }

  @Test
  void putsEntriesWithTheirBytes() {
    answers.add(new Answer(200, "x", "", ""));
    assertThat(sink.append(PATH, "720p", ENTRY, DATA)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(asked)
        .containsExactly(
            "PUT /internal/v1/parts/live/main/720p/5-700.2.m4s Bearer secret 42 "
                + LogHeaders.entry(ENTRY)
                + " moof mdat");
  }

  @Test
  void putsGapsWithoutABody() {
    answers.add(new Answer(200, "x", "", ""));
    PartEntry gap =
        new PartEntry(
            ENTRY.position(),
            1,
            0,
            false,
            true,
            true,
            3,
            INIT_NAME,
            0,
            0,
            Bytes.EMPTY,
            Bytes.EMPTY);
    assertThat(sink.append(PATH, "720p", gap, Bytes.EMPTY)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(asked.getFirst()).endsWith(LogHeaders.entry(gap) + " ");
  }

  @Test
  void putsDescriptionsUnderTheNameOfTheirContent() {
    answers.add(new Answer(200, "x", "", ""));
    RenditionDescription description =
        new RenditionDescription(
            "720p", MediaType.VIDEO, "avc1.64001f", 1280, 720, 30_000, 0, 0, 1, INIT_NAME, INIT);
    assertThat(sink.describe(PATH, 5, description)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(asked)
        .containsExactly(
            "PUT /internal/v1/parts/live/main/720p/"
                + INIT_NAME
                + " Bearer secret 42 "
                + LogHeaders.description(5, description)
                + " ftyp moov");
  }

  @Test
  void readsWhatIsExpectedAndWhatIsNewer() {
    answers.add(new Answer(409, LogHeaders.EXPECTED, "5-699.1", ""));
    answers.add(new Answer(410, LogHeaders.NEWEST_EPOCH, "6", ""));
    assertThat(sink.append(PATH, "720p", ENTRY, DATA))
        .isEqualTo(new AppendResult.Expected(new LogPosition(5, 699, 1)));
    assertThat(sink.append(PATH, "720p", ENTRY, DATA)).isEqualTo(new AppendResult.Stale(6));
  }

  @Test
  void asksWhereALogEnds() {
    LogTail tail = new LogTail(ENTRY.position(), 7, 3, INIT_NAME, false);
    answers.add(new Answer(204, "x", "", ""));
    answers.add(new Answer(200, LogHeaders.TAIL, LogHeaders.tail(tail), ""));
    assertThat(sink.tail(PATH, "720p")).isEmpty();
    assertThat(sink.tail(PATH, "720p")).contains(tail);
    assertThat(asked).allMatch(line -> line.startsWith("GET /internal/v1/parts/live/main/720p/"));
  }

  @ParameterizedTest
  @CsvSource({"400, MALFORMED", "413, LIMIT", "401, UNSUPPORTED", "404, UNSUPPORTED"})
  void passesOnWhyItWasRefused(int status, Reason reason) {
    answers.add(new Answer(status, "x", "", "because of this"));
    assertThatThrownBy(() -> sink.append(PATH, "720p", ENTRY, DATA))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining("because of this");
    assertThat(asked).as("not tried again").hasSize(1);
  }

  @Test
  void triesAgainWhatFailedInTheServer() {
    answers.add(new Answer(503, "x", "", ""));
    answers.add(new Answer(500, "x", "", ""));
    answers.add(new Answer(408, "x", "", ""));
    answers.add(new Answer(200, "x", "", ""));
    assertThat(sink.append(PATH, "720p", ENTRY, DATA)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(asked).hasSize(4);
  }

  @Test
  void givesUpAfterSomeAttempts() {
    for (int i = 0; i < 9; i++) {
      answers.add(new Answer(503, "x", "", "too much to do"));
    }
    assertThatThrownBy(() -> sink.append(PATH, "720p", ENTRY, DATA))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("failed 4 times")
        .hasMessageContaining("too much to do");
    assertThat(asked).hasSize(4);
  }

  @Test
  void triesAgainOnAnotherConnectionWhenOneBreaks() throws Exception {
    try (ServerSocket rude = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        RemoteRenditionSink broken = sink(rude.getLocalPort())) {
      Thread breaker = Thread.ofVirtual().start(() -> breakTwice(rude));
      assertThat(broken.append(PATH, "720p", ENTRY, DATA)).isEqualTo(AppendResult.ACCEPTED);
      breaker.join();
    }
  }

  private static void breakTwice(ServerSocket rude) {
    try {
      rude.accept().close();
      try (Socket second = rude.accept()) {
        readRequest(second);
        second.setSoLinger(true, 0); // a reset
      }
      try (Socket third = rude.accept()) {
        readRequest(third);
        third
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readRequest(Socket socket) throws IOException {
    StringBuilder read = new StringBuilder();
    while (!read.toString().endsWith(DATA.utf8())) {
      read.append((char) socket.getInputStream().read());
    }
  }

  @Test
  void picturesAreSentOnceAndCountedWhenLost() {
    Picture picture = new Picture(160, 90, Bytes.utf8("jpeg"));
    answers.add(new Answer(200, "x", "", ""));
    answers.add(new Answer(503, "x", "", ""));
    sink.poster(PATH, 5, picture);
    sink.thumbnail(PATH, new Thumbnail(5, 700, 1_000_000, picture));
    assertThat(asked)
        .containsExactly(
            "PUT /internal/v1/pictures/live/main/poster.jpg Bearer secret 42 "
                + "epoch=5; width=160; height=90 jpeg",
            "PUT /internal/v1/pictures/live/main/5-700.jpg Bearer secret 42 "
                + "pdt-us=1000000; width=160; height=90 jpeg");
    assertThat(sink.picturesLost()).isEqualTo(1);
  }

  @Test
  void leavesPresentationsToTheirPackager() {
    assertThat(sink).isNotInstanceOf(PartSink.class);
  }

  @Test
  void anInterruptEndsACall() throws InterruptedException {
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  try {
                    sink.tail(PATH, "720p");
                  } catch (UncheckedIOException e) {
                    thrown.add(e);
                  }
                });
    caller.join();
    assertThat(thrown).singleElement().asString().contains("interrupted");
  }

  private static RemoteRenditionSink sink(int port) {
    return new RemoteRenditionSink(
        URI.create("http://127.0.0.1:" + port),
        "secret",
        TrustedAuthority.NONE,
        42,
        Duration.ofSeconds(5));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
    String facts = "";
    for (String header : List.of(LogHeaders.ENTRY, LogHeaders.DESCRIPTION, LogHeaders.PICTURE)) {
      String value = exchange.getRequestHeaders().getFirst(header);
      facts += value == null ? "" : value;
    }
    asked.add(
        String.join(
            " ",
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst(LogHeaders.GENERATION),
            facts,
            body));
    Answer answer = answers.removeFirst();
    exchange.getResponseHeaders().set(answer.header(), answer.value());
    byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), text.length == 0 ? -1 : text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }
}
