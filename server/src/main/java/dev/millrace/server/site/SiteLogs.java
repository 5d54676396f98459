package dev.millrace.server.site;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.mesh.LogReaders;
import dev.millrace.relay.mesh.SiteRelay;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Logs that are read at other relays of the site, by {@link LogReaders}. They are proven like those
 * of edges, but for the keys of signers, which only edges tell ({@link SiteTrust}). Any thread.
 */
public final class SiteLogs {
  private final SiteRelay self;
  private final int readers;
  private final Function<Bytes, Optional<PartSource>> relay;
  private final LongAdder records = new LongAdder();
  private volatile Known known;

  /** The relays of the site, and what follows from them, found when it is first asked for. */
  private record Known(LogReaders readers, Map<StreamPath, List<Bytes>> found) {
    List<Bytes> of(StreamPath path) {
      return found.computeIfAbsent(path, readers::of);
    }
  }

  /**
   * Nobody else is known yet: all is read at edges.
   *
   * @param self this relay
   * @param readers how many relays read a log at edges
   * @param relay the source that another relay is, by its id; the same object each time
   */
  public SiteLogs(SiteRelay self, int readers, Function<Bytes, Optional<PartSource>> relay) {
    this.self = self;
    this.readers = readers;
    this.relay = relay;
    this.known = known(List.of(self));
  }

  private Known known(Collection<SiteRelay> relays) {
    return new Known(new LogReaders(self, relays, readers), new ConcurrentHashMap<>());
  }

  /**
   * Takes the relays of the site, this one among them.
   *
   * @return whether they are others than before
   */
  public boolean site(Collection<SiteRelay> relays) {
    boolean changed = !Set.copyOf(relays).equals(Set.copyOf(known.readers().relays()));
    if (changed) {
      known = known(relays);
    }
    return changed;
  }

  /** The relays at which a log is read, best first; none if it is read at edges. */
  public List<PartSource> of(StreamPath path) {
    return known.of(path).stream()
        .flatMap(id -> relay.apply(id).stream())
        .<PartSource>map(source -> new LogOnly(source, records))
        .toList();
  }

  /** Records of logs that other relays told. */
  public long records() {
    return records.sum();
  }

  /** Another relay: parts come by the mesh, and what it lacks from edges. */
  private record LogOnly(PartSource source, LongAdder records) implements PartSource {
    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      return Optional.of(watch(path, follower::accept));
    }

    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      return source.watch(path, new CountedLog(watcher, records));
    }

    @Override
    public boolean givesBytes() {
      return false;
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      return CompletableFuture.failedFuture(new NoSuchFileException(file));
    }

    @Override
    public List<StreamPath> streams() {
      return List.of();
    }

    @Override
    public String toString() {
      return "relay " + source;
    }
  }
}
