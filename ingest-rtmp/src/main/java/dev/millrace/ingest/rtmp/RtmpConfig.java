package dev.millrace.ingest.rtmp;

import java.time.Duration;

/**
 * Settings of the RTMP server.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param idleTimeout a publisher that sends nothing for this long is taken for dead
 * @param handshakeTimeout how long a connection may take until it publishes, and how long it may
 *     stay afterwards without publishing again
 * @param maxConnections further ones are closed at once
 * @param ioThreads event loops; 0 for one a processor
 */
public record RtmpConfig(
    String host,
    int port,
    Duration idleTimeout,
    Duration handshakeTimeout,
    int maxConnections,
    int ioThreads,
    RtmpLimits limits) {

  public RtmpConfig {
    if (!idleTimeout.isPositive()
        || !handshakeTimeout.isPositive()
        || maxConnections < 1
        || ioThreads < 0) {
      throw new IllegalArgumentException(
          "needs positive timeouts, connections >= 1 and threads >= 0, found %s, %s, %d, %d"
              .formatted(idleTimeout, handshakeTimeout, maxConnections, ioThreads));
    }
  }

  /** All addresses, port 1935, a dead publisher noticed within 4 s, 1000 connections. */
  public static RtmpConfig defaults() {
    return new RtmpConfig(
        "0.0.0.0", 1935, Duration.ofSeconds(4), Duration.ofSeconds(5), 1000, 0, RtmpLimits.DEFAULT);
  }

  /** The same on another address. */
  public RtmpConfig at(String newHost, int newPort) {
    return new RtmpConfig(
        newHost, newPort, idleTimeout, handshakeTimeout, maxConnections, ioThreads, limits);
  }

  /** The same with other times. */
  public RtmpConfig with(Duration newIdleTimeout, Duration newHandshakeTimeout) {
    return new RtmpConfig(
        host, port, newIdleTimeout, newHandshakeTimeout, maxConnections, ioThreads, limits);
  }

  /** The same with another number of connections. */
  public RtmpConfig withMaxConnections(int newMaxConnections) {
    return new RtmpConfig(
        host, port, idleTimeout, handshakeTimeout, newMaxConnections, ioThreads, limits);
  }
}
