package dev.millrace.edge;

import java.time.Duration;

/**
 * What an operator may set.
 *
 * @param host address to listen on
 * @param port TCP port; 0 takes any free one
 * @param eventLoops threads that serve HTTP
 * @param maxConnections open connections that have begun to speak; more are closed
 * @param maxHeldRequests requests waiting for a playlist or part that does not exist yet; more are
 *     answered 503
 * @param maxViewersCounted distinct viewers remembered for each stream; more are not counted
 * @param cacheBytes memory outside the heap for parts and segments
 * @param cacheIdle media nobody asked for so long leaves the cache
 * @param streamIdle a stream nobody asked for so long is no longer followed; longer than any hold
 * @param maxWait how long a request waits for a stream that has begun but is not ready, or for a
 *     part that was announced
 * @param idleTimeout a connection without traffic for so long is closed; longer than any hold
 * @param metrics who may read {@code /metrics}
 * @param loopWarning an event loop busy for so long without a break is reported in the log
 * @param servesViewers else it answers only what operators and probes ask: health, metrics, cluster
 */
public record EdgeConfig(
    String host,
    int port,
    int eventLoops,
    int maxConnections,
    int maxHeldRequests,
    int maxViewersCounted,
    long cacheBytes,
    Duration cacheIdle,
    Duration streamIdle,
    Duration maxWait,
    Duration idleTimeout,
    MetricsAccess metrics,
    Duration loopWarning,
    boolean servesViewers) {

  public EdgeConfig {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port + ", must be 0..65535");
    }
    if (eventLoops < 1 || maxConnections < 1 || maxHeldRequests < 1 || maxViewersCounted < 1) {
      throw new IllegalArgumentException("event loops and limits must be at least 1");
    }
    if (cacheBytes < 0) {
      throw new IllegalArgumentException("cache of " + cacheBytes + " bytes, must not be negative");
    }
  }

  /** Port 8080 on all addresses, one event loop for each processor, limits for one large node. */
  public static EdgeConfig defaults() {
    return new EdgeConfig(
        "0.0.0.0",
        8080,
        Runtime.getRuntime().availableProcessors(),
        100_000,
        100_000,
        1_000_000,
        256L << 20,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        MetricsAccess.PRIVATE,
        Duration.ofSeconds(1),
        true);
  }

  /** The same with another address. */
  public EdgeConfig withAddress(String newHost, int newPort) {
    return with(newHost, newPort, servesViewers);
  }

  /** The same for a node that has none. */
  public EdgeConfig withoutViewers() {
    return with(host, port, false);
  }

  private EdgeConfig with(String newHost, int newPort, boolean newServesViewers) {
    return new EdgeConfig(
        newHost,
        newPort,
        eventLoops,
        maxConnections,
        maxHeldRequests,
        maxViewersCounted,
        cacheBytes,
        cacheIdle,
        streamIdle,
        maxWait,
        idleTimeout,
        metrics,
        loopWarning,
        newServesViewers);
  }
}
