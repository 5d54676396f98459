package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.ContentSteering;
import dev.millrace.media.log.PartSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** The streams that this edge follows. Any thread. */
final class EdgeStreams {
  /** Longer than any node needs to be missed and replaced, and the usual reconnect window. */
  private static final long VANISHED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final PartSource source;
  private final LongSupplier nanoTime;
  private final int maxViewers;
  private final long idleNanos;
  private final Function<StreamPath, Optional<ContentSteering>> steering;
  private final Predicate<StreamPath> mayExist;
  private final ConcurrentHashMap<StreamPath, EdgeStream> streams = new ConcurrentHashMap<>();

  /**
   * @param steering what multivariant playlists say of other edges
   * @param mayExist whether the source is to be asked for a stream at all; one far away may take
   *     long to say that there is none
   */
  EdgeStreams(
      PartSource source,
      EdgeConfig config,
      Function<StreamPath, Optional<ContentSteering>> steering,
      Predicate<StreamPath> mayExist,
      LongSupplier nanoTime) {
    this.source = source;
    this.steering = steering;
    this.mayExist = mayExist;
    this.nanoTime = nanoTime;
    this.maxViewers = config.maxViewersCounted();
    this.idleNanos = config.streamIdle().toNanos();
  }

  /** The stream, followed from now on and in use; empty if the source does not know it. */
  Optional<EdgeStream> use(StreamPath path) {
    long now = nanoTime.getAsLong();
    EdgeStream known = streams.get(path);
    if (known != null && known.touch(now)) {
      return Optional.of(known);
    }
    if (known != null) {
      streams.remove(path, known);
    }
    if (!mayExist.test(path)) {
      return Optional.empty();
    }
    EdgeStream followed =
        streams.computeIfAbsent(
            path,
            key -> EdgeStream.follow(source, key, steering, maxViewers, nanoTime).orElse(null));
    return Optional.ofNullable(followed);
  }

  /** The stream if it is followed already; that it was looked at does not keep it. */
  Optional<EdgeStream> known(StreamPath path) {
    return Optional.ofNullable(streams.get(path)).filter(stream -> !stream.isClosed());
  }

  /** How many watch each stream that somebody asked for of late. */
  Map<StreamPath, Integer> viewers() {
    long now = nanoTime.getAsLong();
    Map<StreamPath, Integer> viewers = new HashMap<>();
    streams.forEach((path, stream) -> viewers.put(path, stream.viewerCount(now)));
    return viewers;
  }

  /** Who watches each stream that somebody asked for of late. */
  Map<StreamPath, ViewerSample> viewerSamples() {
    long now = nanoTime.getAsLong();
    Map<StreamPath, ViewerSample> samples = new HashMap<>();
    streams.forEach((path, stream) -> samples.put(path, stream.viewerSample(now)));
    return samples;
  }

  /**
   * Drops streams that nobody uses, and ended ones that the source no longer has. One that vanished
   * without an end may have lost all its holders for a moment: it is kept for a while, and followed
   * anew when it is back.
   */
  void sweep() {
    long now = nanoTime.getAsLong();
    Set<StreamPath> readable = Set.copyOf(source.streams());
    for (EdgeStream stream : streams.values()) {
      stream.viewerCount(now);
      boolean over = stream.isOver(readable.contains(stream.path()), now, VANISHED_NANOS);
      if (over) {
        stream.close();
      }
      if (over || stream.closeIfIdle(now, idleNanos)) {
        streams.remove(stream.path(), stream);
      }
    }
  }

  void close() {
    streams.values().forEach(EdgeStream::close);
    streams.clear();
  }
}
