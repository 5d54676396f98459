package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one rendition under one path, over all presentations of that path whose bytes are
 * still kept. Guarded by the lock of its {@link StreamStore}.
 */
final class RenditionStore {
  /** In the order of the log. */
  private final LinkedHashMap<FileName.Segment, StoredSegment> segments = new LinkedHashMap<>();

  /** By file name. */
  private final Map<String, Bytes> inits = new HashMap<>();

  private String currentInit = "";
  private long longestPlaylistUs;
  private @Nullable HintedPart hinted;

  void describe(RenditionDescription description) {
    currentInit = description.init();
    inits.put(description.init(), description.initBytes());
  }

  /** Takes an entry's bytes; gives how many others they replace, of a log that began anew. */
  long append(PartEntry entry, Bytes data) {
    FileName.Segment name = new FileName.Segment(entry.position().epoch(), entry.position().msn());
    StoredSegment replaced = entry.position().part() == 0 ? segments.remove(name) : null;
    segments.computeIfAbsent(name, fresh -> new StoredSegment(entry.init())).append(entry, data);
    return replaced == null ? 0 : replaced.sizeBytes();
  }

  /** Lets what left the playlist go after its Availability Duration. */
  void expireRemoved(RenditionView before, RenditionView after, long nowNanos, long graceNanos) {
    List<Segment> was = before.segments();
    longestPlaylistUs = Math.max(longestPlaylistUs, playlistUs(before));
    longestPlaylistUs = Math.max(longestPlaylistUs, playlistUs(after));
    long firstMsn = after.segments().getFirst().msn();
    for (int i = 0; i < was.size() && was.get(i).msn() < firstMsn; i++) {
      expire(was.get(i), nowNanos, graceNanos);
    }
  }

  /** The presentation was replaced: nothing of it is listed any more. */
  void expireAll(RenditionView view, long nowNanos, long graceNanos) {
    view.segments().forEach(segment -> expire(segment, nowNanos, graceNanos));
    currentInit = "";
  }

  /** RFC 8216bis §6.2.2: the segment's duration and that of the longest playlist that listed it. */
  private void expire(Segment segment, long nowNanos, long graceNanos) {
    StoredSegment stored = segments.get(segment.fileName());
    if (stored != null) {
      long keptNanos = (segment.durationUs() + longestPlaylistUs) * 1000 + graceNanos;
      stored.close();
      stored.expireAt(nowNanos + keptNanos);
    }
  }

  private static long playlistUs(RenditionView view) {
    return view.completeUs() + view.openSegment().map(Segment::durationUs).orElse(0L);
  }

  /** The presentation is over: its last segments are whole. */
  void close() {
    segments.values().forEach(StoredSegment::close);
  }

  /** Drops what may go; gives the bytes that were freed. */
  long dropExpired(long nowNanos) {
    long freed = 0;
    // Segments leave the playlist in the order of the log, so the first that stays ends the search.
    for (Iterator<StoredSegment> all = segments.values().iterator(); all.hasNext(); ) {
      StoredSegment oldest = all.next();
      if (!oldest.isExpired(nowNanos)) {
        break;
      }
      freed += oldest.sizeBytes();
      all.remove();
    }
    if (freed > 0) {
      dropUnusedInits();
    }
    return freed;
  }

  /** When the oldest segment that no playlist lists may go; empty if all are listed. */
  OptionalLong oldestExpiryNanos() {
    return segments.isEmpty()
        ? OptionalLong.empty()
        : segments.firstEntry().getValue().expiresAtNanos();
  }

  /** Takes the oldest segment out, unless it is one of the last {@code least} and listed. */
  Optional<StoredSegment> takeOldest(int least) {
    if (segments.size() <= least && oldestExpiryNanos().isEmpty()) {
      return Optional.empty();
    }
    StoredSegment taken = segments.pollFirstEntry().getValue();
    dropUnusedInits();
    return Optional.of(taken);
  }

  long sizeBytes() {
    return segments.values().stream().mapToLong(StoredSegment::sizeBytes).sum();
  }

  boolean isEmpty() {
    return segments.isEmpty() && currentInit.isEmpty() && hinted == null;
  }

  Optional<Bytes> find(FileName name, long nowNanos) {
    return switch (name) {
      case FileName.Init init -> Optional.ofNullable(inits.get(init.toString()));
      case FileName.Segment segment -> stored(segment, nowNanos).flatMap(StoredSegment::whole);
      case FileName.Part part ->
          stored(new FileName.Segment(part.position().epoch(), part.position().msn()), nowNanos)
              .flatMap(stored -> stored.part(part.position().part()));
    };
  }

  private Optional<StoredSegment> stored(FileName.Segment name, long nowNanos) {
    return Optional.ofNullable(segments.get(name)).filter(stored -> !stored.isExpired(nowNanos));
  }

  /** Where those register who wait for the part that comes next. */
  HintedPart hint(FileName.Part next) {
    HintedPart present = hinted;
    if (present == null || !present.position().equals(next.position())) {
      present = new HintedPart(next.position());
      hinted = present;
    }
    return present;
  }

  int waiters() {
    return hinted == null ? 0 : hinted.waiters();
  }

  /** Those who wait, to be told outside of the lock; there is no one left afterwards. */
  Optional<HintedPart> takeHinted() {
    Optional<HintedPart> taken = Optional.ofNullable(hinted);
    hinted = null;
    return taken;
  }

  private void dropUnusedInits() {
    inits
        .keySet()
        .removeIf(
            name ->
                !name.equals(currentInit)
                    && segments.values().stream().noneMatch(each -> each.init().equals(name)));
  }
}
