package dev.millrace.server.internal;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the internal server listens, and its limits.
 *
 * @param port 0 takes any free one
 * @param advertised where others find it, if not at the host and port that are bound
 * @param tls empty for cleartext, which is for the loopback interface only
 * @param maxConnections beyond, new ones are closed at once
 * @param idleTimeout of a connection on which nothing moves; longer than clients keep theirs
 * @param loopWarning how long an event loop may be busy before it is worth a line
 */
public record InternalConfig(
    String host,
    int port,
    Advertised advertised,
    Optional<InternalTls> tls,
    int eventLoops,
    int maxConnections,
    Duration idleTimeout,
    Duration loopWarning) {
  /**
   * Where others find the server.
   *
   * @param host a name or an address that the certificate names; empty: the host that is bound
   * @param port 0: the port that is bound
   */
  public record Advertised(String host, int port) {
    /** At what is bound. */
    public static final Advertised AS_BOUND = new Advertised("", 0);
  }

  /** Any free port of the loopback interface, one event loop, 1024 connections, 60 s. */
  public static final InternalConfig DEFAULT =
      new InternalConfig(
          "127.0.0.1",
          0,
          Advertised.AS_BOUND,
          Optional.empty(),
          1,
          1024,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));

  /** Other nodes follow streams here, with some connections for each. */
  private static final int CLUSTER_CONNECTIONS = 16_384;

  private static final int MOST_LOOPS = 8;

  /** For a node of a cluster: open to the others, with an event loop for every two processors. */
  public static InternalConfig clustered(
      String host, int port, Advertised advertised, InternalTls tls, int processors) {
    return new InternalConfig(
        host,
        port,
        advertised,
        Optional.of(tls),
        Math.clamp(processors / 2, 1, MOST_LOOPS),
        CLUSTER_CONNECTIONS,
        DEFAULT.idleTimeout,
        DEFAULT.loopWarning);
  }
}
