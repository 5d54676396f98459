package dev.millrace.edge;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.Targets;
import io.netty.util.LeakPresenceDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.slf4j.LoggerFactory;

/**
 * A real edge on a free port over a {@link MemorySource}, with a monotonic clock that the test may
 * push. Closing it fails the test if an event loop was blocked, an error was logged, or memory was
 * not given back.
 */
final class EdgeFixture implements AutoCloseable {
  static final Targets TARGETS = new Targets(2_000_000, 2, 500_000, 30_000_000);

  final MemorySource source = new MemorySource();
  final List<StreamFacts> facts = new CopyOnWriteArrayList<>();
  final MemoryPictures pictures = new MemoryPictures();
  final Map<StreamPath, LadderFacts> ladders = new ConcurrentHashMap<>();
  final AtomicReference<String> metrics = new AtomicReference<>("up 1\n");
  final AtomicLong pushedNanos = new AtomicLong();
  final EdgeServer server;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  static final int RTMP_PORT = 1936;

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final InetSocketAddress address;

  EdgeFixture() {
    this(config());
  }

  EdgeFixture(EdgeConfig config) {
    this(config, EdgeCluster.none(7));
  }

  EdgeFixture(EdgeConfig config, EdgeCluster cluster) {
    this(config, cluster, EdgeSite.NONE);
  }

  EdgeFixture(EdgeConfig config, EdgeCluster cluster, EdgeSite site) {
    logged.start();
    root().addAppender(logged);
    server =
        new EdgeServer(
            config,
            new EdgeSources(
                source,
                pictures,
                () -> List.copyOf(facts),
                path -> Optional.ofNullable(ladders.get(path)),
                () -> OptionalInt.of(RTMP_PORT),
                () -> metrics.get(),
                cluster,
                EdgeRelay.NONE,
                EdgeSwarm.NONE,
                site),
            InstantSource.system(),
            () -> System.nanoTime() + pushedNanos.get());
    try {
      address = server.start();
      server.ready();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static EdgeConfig config() {
    return config(MetricsAccess.PRIVATE);
  }

  static EdgeConfig config(MetricsAccess metrics) {
    return new EdgeConfig(
        "127.0.0.1",
        0,
        2,
        10_000,
        5_000,
        1_000,
        64L << 20,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        metrics,
        Duration.ofSeconds(1),
        true);
  }

  /** A stream with so many parts. */
  MemorySource.Stream stream(int parts) {
    MemorySource.Stream stream = source.open(MemorySource.PATH, TARGETS);
    stream.parts(parts);
    return stream;
  }

  int port() {
    return address.getPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  static String playlist(LogPosition at) {
    return "/hls/live/main/video/index.m3u8?_HLS_msn=" + at.msn() + "&_HLS_part=" + at.part();
  }

  static String part(LogPosition at) {
    return "/hls/live/main/video/" + new FileName.Part(at);
  }

  HttpResponse<byte[]> get(String path, String... headers) {
    return send("GET", path, headers);
  }

  HttpResponse<byte[]> send(String method, String path, String... headers) {
    return async(method, path, headers).join();
  }

  CompletableFuture<HttpResponse<byte[]>> getAsync(String path, String... headers) {
    return async("GET", path, headers);
  }

  private CompletableFuture<HttpResponse<byte[]>> async(
      String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.sendAsync(request.build(), BodyHandlers.ofByteArray());
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.close();
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
