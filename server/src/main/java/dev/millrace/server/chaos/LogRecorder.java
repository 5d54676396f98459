package dev.millrace.server.chaos;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.media.log.http.TrustedAuthority;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Follows the logs of streams on nodes, as other nodes do, and enters them in a ledger; again and
 * again while a node does not answer, for it may come back.
 */
public final class LogRecorder implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final long AGAIN_MS = 200;

  private final PartLedger ledger;
  private final HttpClient client;
  private final String token;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("log-recorder").factory());
  private final List<Watch> watches = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * @param keys of the cluster, which let it in
   */
  public LogRecorder(PartLedger ledger, ClusterKeys keys) {
    this.ledger = ledger;
    this.token = keys.bearerToken();
    this.client = trusting(keys).client().connectTimeout(CONNECT).build();
  }

  private static TrustedAuthority trusting(ClusterKeys keys) {
    try {
      return new TrustedAuthority(Bytes.wrap(keys.authority().certificate().getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was made can be written", e);
    }
  }

  /**
   * Records a stream as a node tells it, from its present window on, until the recorder is closed.
   *
   * @param internal the node's internal HTTP
   */
  public void record(String node, URI internal, StreamPath path) {
    Watch watch = new Watch(node, new HttpPartSource(node, internal, token, client, timer), path);
    watches.add(watch);
    watch.begin();
  }

  @Override
  public void close() {
    closed = true;
    watches.forEach(Watch::end);
    timer.shutdownNow();
    client.shutdownNow();
  }

  /** One stream on one node. */
  private final class Watch implements LogWatcher {
    private final String node;
    private final HttpPartSource source;
    private final StreamPath path;
    private final AtomicReference<Following> following = new AtomicReference<>(() -> {});

    Watch(String node, HttpPartSource source, StreamPath path) {
      this.node = node;
      this.source = source;
      this.path = path;
    }

    void begin() {
      if (!closed) {
        following.set(source.watch(path, this));
      }
    }

    void end() {
      following.get().close();
    }

    @Override
    public void record(LogRecord record) {
      if (record instanceof LogRecord.Appended(var rendition, var entry)) {
        ledger.written(node, path, rendition, entry);
      }
    }

    @Override
    public void gone(String reason) {
      if (!closed) {
        timer.schedule(this::begin, AGAIN_MS, TimeUnit.MILLISECONDS);
      }
    }
  }
}
