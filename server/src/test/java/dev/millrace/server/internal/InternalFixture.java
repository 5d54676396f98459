package dev.millrace.server.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.http.RemoteRenditionSink;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.origin.GenerationGate;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.origin.http.BodyLimits;
import dev.millrace.transcoder.feed.FeedHub;
import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.assertj.core.api.Assertions;
import org.slf4j.LoggerFactory;

/**
 * A real server on a free port before a real store. Closing it fails the test if an event loop was
 * blocked, an error was logged, or memory was not given back.
 */
final class InternalFixture implements AutoCloseable {
  static final StreamPath PATH = new StreamPath("live", "main");
  static final long EPOCH = 1000;
  static final Bytes INIT = Bytes.utf8("ftyp moov");
  static final String INIT_NAME = FileName.Init.of(INIT).toString();
  static final int MAX_CONNECTIONS = 16;
  static final String TOKEN = "a-token-for-tests";

  static final BodyLimits BODIES =
      new BodyLimits(1 << 20, 4096, 64 << 10, 3 << 20, Duration.ofMillis(400));

  final OriginStore store = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  final GenerationGate gate = new GenerationGate(store);
  final ConcurrentMap<StreamPath, FeedHub> hubs = new ConcurrentHashMap<>();
  final InternalServer server;

  /** Readers of feeds wait for it. */
  CompletableFuture<Boolean> admitted = CompletableFuture.completedFuture(true);

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  InternalFixture() {
    this(Duration.ofSeconds(60));
  }

  InternalFixture(Duration idleTimeout) {
    this(idleTimeout, Optional.empty());
  }

  InternalFixture(Duration idleTimeout, Optional<InternalTls> tls) {
    logged.start();
    root().addAppender(logged);
    server =
        new InternalServer(
            new InternalConfig(
                "127.0.0.1",
                0,
                InternalConfig.Advertised.AS_BOUND,
                tls,
                2,
                MAX_CONNECTIONS,
                idleTimeout,
                Duration.ofSeconds(1)),
            new InternalToken(TOKEN),
            List.of(
                new FeedRoute(
                    (path, generation) ->
                        Optional.ofNullable(hubs.get(path))
                            .map(hub -> admitted.thenApply(yes -> hub))),
                new WriterRoute(gate, BODIES)));
    try {
      server.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    store.open(PATH, EPOCH, Targets.DEFAULT);
  }

  /** A writer of a new generation. */
  RemoteRenditionSink sink() {
    return sink(TrustedAuthority.NONE);
  }

  RemoteRenditionSink sink(TrustedAuthority authority) {
    return new RemoteRenditionSink(
        server.address(), TOKEN, authority, gate.grant(PATH), Duration.ofSeconds(10));
  }

  static RemoteRenditionSink sink(URI address, long generation) {
    return new RemoteRenditionSink(
        address, TOKEN, TrustedAuthority.NONE, generation, Duration.ofSeconds(10));
  }

  static RenditionDescription description(String name) {
    return new RenditionDescription(
        name, MediaType.VIDEO, "avc1.64001f", 1280, 720, 30_000, 0, 0, 0, INIT_NAME, INIT);
  }

  /** Parts of half a second, four to a segment. */
  static PartEntry entry(int number, Bytes data) {
    return new PartEntry(
        new LogPosition(EPOCH, 700 + number / 4, number % 4),
        500_000,
        data.length(),
        number % 4 == 0,
        number % 4 == 3,
        data.isEmpty(),
        0,
        INIT_NAME,
        number * 500_000L,
        0,
        data.isEmpty() ? Bytes.EMPTY : data.sha256(),
        MerkleTree.root(data));
  }

  /** All entries of the window of a rendition's log. */
  List<PartEntry> log(String rendition) {
    return store.view(PATH).orElseThrow().rendition(rendition).orElseThrow().segments().stream()
        .map(Segment::entries)
        .flatMap(List::stream)
        .toList();
  }

  /** Sends text and returns everything until the server closes the connection. */
  String exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** A request line and the headers that every request needs, without the empty line. */
  static String head(String method, String path) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + TOKEN
        + "\r\nMillrace-Generation: 1\r\n";
  }

  @Override
  public void close() {
    server.close();
    store.close();
    root().detachAppender(logged);
    Assertions.assertThat(logged.list)
        .filteredOn(
            event ->
                event.getLevel().isGreaterOrEqual(Level.ERROR)
                    || event.getLoggerName().contains("BlockedThreadChecker"))
        .isEmpty();
    LeakPresenceDetector.check();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
