package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The streams that this edge follows. Any thread. */
final class EdgeStreams {
  private final PartSource source;
  private final LongSupplier nanoTime;
  private final int maxViewers;
  private final long idleNanos;
  private final ConcurrentHashMap<StreamPath, EdgeStream> streams = new ConcurrentHashMap<>();

  EdgeStreams(PartSource source, EdgeConfig config, LongSupplier nanoTime) {
    this.source = source;
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
    EdgeStream followed =
        streams.computeIfAbsent(
            path, key -> EdgeStream.follow(source, key, maxViewers, now).orElse(null));
    return Optional.ofNullable(followed);
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

  /** Drops streams that nobody uses, and ended ones that the source no longer has. */
  void sweep() {
    long now = nanoTime.getAsLong();
    Set<StreamPath> readable = Set.copyOf(source.streams());
    for (EdgeStream stream : streams.values()) {
      stream.viewerCount(now);
      boolean gone = !readable.contains(stream.path());
      if (gone) {
        stream.close();
      }
      if (gone || stream.closeIfIdle(now, idleNanos)) {
        streams.remove(stream.path(), stream);
      }
    }
  }

  void close() {
    streams.values().forEach(EdgeStream::close);
    streams.clear();
  }
}
