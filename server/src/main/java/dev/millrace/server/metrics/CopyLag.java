package dev.millrace.server.metrics;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.StreamView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * How far what a node has of a stream that is written elsewhere is behind now. Immutable.
 *
 * @param kind {@code origin} for a copy, {@code edge} for what its viewers are told
 * @param seconds from the end of its newest part, by the clock of the node that wrote it, to now by
 *     that of this one
 */
public record CopyLag(StreamPath path, String kind, double seconds) {
  static final List<Meter<CopyLag>> METERS =
      List.of(
          Meter.gauge(
              "millrace.cluster.lag",
              "seconds",
              "By how much what is here of a stream is behind now.",
              CopyLag::seconds));

  /** Of what a log says; empty if nothing comes any more, or nothing came yet. */
  public static Optional<CopyLag> of(StreamPath path, String kind, StreamView view, Instant now) {
    if (view.ended() || view.endUs().isEmpty()) {
      return Optional.empty();
    }
    long nowUs = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    return Optional.of(new CopyLag(path, kind, (nowUs - view.endUs().getAsLong()) / 1e6));
  }
}
