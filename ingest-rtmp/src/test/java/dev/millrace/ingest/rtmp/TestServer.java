package dev.millrace.ingest.rtmp;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStreams;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A server on a free port of this machine with a live hub behind it. The key {@code wrong} is
 * refused; {@code key-a} and {@code key-b} are two owners of {@code live/shared}; any other key is
 * the name. All that is published is recorded, and goes to the live hub besides.
 */
final class TestServer implements AutoCloseable {
  static final RtmpConfig CONFIG =
      RtmpConfig.defaults().at("127.0.0.1", 0).with(Duration.ofSeconds(10), Duration.ofSeconds(10));

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LiveStreams streams =
      new LiveStreams(LiveConfig.DEFAULT, InstantSource.system(), System::nanoTime, timer);
  private final List<RecordedTags> publications = new CopyOnWriteArrayList<>();
  private final RtmpServer server;
  private final InetSocketAddress address;

  TestServer(RtmpConfig config) throws IOException {
    this(config, true);
  }

  /**
   * @param live whether what is published also goes to the live hub, which wants real media
   */
  TestServer(RtmpConfig config, boolean live) throws IOException {
    server =
        new RtmpServer(
            config,
            streams,
            TestServer::authorize,
            System::nanoTime,
            publication -> {
              RecordedTags recorded = new RecordedTags();
              publications.add(recorded);
              if (!live) {
                return recorded;
              }
              FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
              return (type, timestamp, body, nanos) -> {
                recorded.tag(type, timestamp, body, nanos);
                publisher.tag(type, timestamp, body, nanos);
              };
            });
    address = server.start();
  }

  /** A timer that has been shut down: streams end with their publisher. */
  static ScheduledExecutorService noTimer() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    timer.shutdown();
    return timer;
  }

  private static Optional<Grant> authorize(String app, String key) {
    return switch (key) {
      case "wrong" -> Optional.empty();
      case "key-a", "key-b" -> Optional.of(new Grant(new StreamPath(app, "shared"), key));
      default -> Optional.of(new Grant(new StreamPath(app, key), "open"));
    };
  }

  InetSocketAddress address() {
    return address;
  }

  URI url(String appAndKey) {
    return URI.create("rtmp://127.0.0.1:" + address.getPort() + "/" + appAndKey);
  }

  LiveStreams streams() {
    return streams;
  }

  RtmpServer server() {
    return server;
  }

  /** One for each accepted publication, in order. */
  List<RecordedTags> publications() {
    return List.copyOf(publications);
  }

  @Override
  public void close() {
    streams.close();
    server.close();
    timer.shutdownNow();
  }
}
