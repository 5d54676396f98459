package dev.millrace.server.config;

import dev.millrace.edge.MetricsAccess;
import java.time.Duration;
import java.util.List;

/** The section {@code http}: what viewers, probes and operators connect to. */
public final class HttpKeys {
  private static final long MIB = 1L << 20;

  static final ConfigKey<String> HOST =
      new ConfigKey<>(
          "http.host",
          ValueType.TEXT,
          "0.0.0.0",
          "Address to listen on for viewers and probes. 127.0.0.1 behind a proxy on this machine.");
  public static final ConfigKey<Integer> PORT =
      new ConfigKey<>(
          "http.port",
          ValueType.PORT,
          8080,
          """
          TCP port for viewers, health checks and metrics. 0: any free one, printed. A node without the
          role edge answers only /livez, /readyz, /healthz, /metrics and /api/v1/cluster there.\
          """);
  static final ConfigKey<Long> BANDWIDTH =
      new ConfigKey<>(
          "http.bandwidth",
          ValueType.BANDWIDTH,
          0L,
          """
          What this node's line to viewers carries, like 800M or 10G (bits a second). Players leave an edge
          whose line or processors are full for others of its cluster. 0: by processors only.\
          """);
  static final ConfigKey<Integer> MAX_CONNECTIONS =
      new ConfigKey<>(
          "http.max-connections",
          ValueType.integer("a number, 1 to 10000000", 1, 10_000_000),
          100_000,
          "Connections at once; further ones are closed at once.");
  static final ConfigKey<Integer> MAX_HELD_REQUESTS =
      new ConfigKey<>(
          "http.max-held-requests",
          ValueType.integer("a number, 1 to 10000000", 1, 10_000_000),
          100_000,
          "Requests that wait for the next part; further ones are answered 503. One or two a"
              + " viewer.");
  static final ConfigKey<Integer> MAX_VIEWERS_COUNTED =
      new ConfigKey<>(
          "http.max-viewers-counted",
          ValueType.integer("a number, 1 to 10000000", 1, 10_000_000),
          1_000_000,
          "Viewers of one stream that are told apart; further ones are served but not counted.");
  static final ConfigKey<Long> CACHE_SIZE =
      new ConfigKey<>(
          "http.cache-size",
          ValueType.SIZE,
          128 * MIB,
          "Memory outside the Java heap for parts and segments that viewers are asking for.");
  static final ConfigKey<Duration> MAX_WAIT =
      new ConfigKey<>(
          "http.max-wait",
          ValueType.DURATION,
          Duration.ofSeconds(10),
          "How long a request waits for a stream that has just begun, or for a part that was"
              + " announced.");
  static final ConfigKey<Duration> IDLE_TIMEOUT =
      new ConfigKey<>(
          "http.idle-timeout",
          ValueType.DURATION,
          Duration.ofSeconds(60),
          "A connection without traffic for so long is closed.");
  static final ConfigKey<MetricsAccess> METRICS =
      new ConfigKey<>(
          "http.metrics",
          ValueType.oneOf(List.of(MetricsAccess.values())),
          MetricsAccess.PRIVATE,
          """
          Who may read /metrics (Prometheus) on the viewers' port: private (this machine and private
          networks, not through a proxy), public (everybody who reaches the port), off.\
          """);
  static final ConfigKey<String> PUBLIC_URL =
      new ConfigKey<>(
          "http.public-url",
          ValueType.TEXT,
          "",
          """
          How viewers of a cluster reach this edge, like https://edge1.example.org, where that is not its
          own address and port: behind a proxy, or with TLS. Empty: http, cluster.address and http.port.\
          """);

  static final List<ConfigKey<?>> ALL =
      List.of(
          HOST,
          PORT,
          BANDWIDTH,
          MAX_CONNECTIONS,
          MAX_HELD_REQUESTS,
          MAX_VIEWERS_COUNTED,
          CACHE_SIZE,
          MAX_WAIT,
          IDLE_TIMEOUT,
          METRICS,
          PUBLIC_URL);

  private HttpKeys() {}
}
