package dev.millrace.server.internal;

import dev.millrace.origin.http.BodyLimits;
import java.time.Duration;

/**
 * Limits of the internal server.
 *
 * @param port 0 takes any free one
 * @param maxConnections beyond, new ones are closed at once
 * @param idleTimeout of a connection on which nothing moves; longer than clients keep theirs
 * @param loopWarning how long an event loop may be busy before it is worth a line
 */
public record InternalConfig(
    String host,
    int port,
    int eventLoops,
    int maxConnections,
    BodyLimits bodies,
    Duration idleTimeout,
    Duration loopWarning) {
  /** Any free port of the loopback interface, one event loop, 1024 connections, 60 s. */
  public static final InternalConfig DEFAULT =
      new InternalConfig(
          "127.0.0.1",
          0,
          1,
          1024,
          BodyLimits.DEFAULT,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));
}
