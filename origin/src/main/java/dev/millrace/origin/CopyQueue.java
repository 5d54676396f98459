package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Mirror} has still to copy: the records of each rendition in order, and their bytes,
 * some of which are fetched at once. At the live edge the bytes of the next part are asked for
 * before its record comes, so that no round trip is added. The mirror's thread.
 */
final class CopyQueue {
  /** Enough to fill a window over a link of some 10 ms; bounds memory too. */
  private static final int MAX_IN_FLIGHT = 8;

  /** Of a part's bytes, of which the source has tried everyone each time. */
  private static final int MAX_FAILURES = 3;

  /** One record; {@code entry} is null for a description. */
  private static final class Item {
    final @Nullable RenditionDescription description;
    final @Nullable PartEntry entry;
    @Nullable CompletableFuture<Bytes> bytes;
    int failures;

    Item(@Nullable RenditionDescription description, @Nullable PartEntry entry) {
      this.description = description;
      this.entry = entry;
    }
  }

  /** Bytes that were asked for by the name that comes next. */
  private record Ahead(LogPosition position, CompletableFuture<Bytes> bytes) {}

  private final StreamPath path;
  private final OriginStore store;
  private final PartSource source;
  private final Runnable wake;
  private final Map<String, Deque<Item>> renditions = new LinkedHashMap<>();
  private final Map<String, Ahead> ahead = new HashMap<>();

  /** Segments up to here cannot be had; by rendition. */
  private final Map<String, Long> skipped = new HashMap<>();

  private int inFlight;

  CopyQueue(StreamPath path, OriginStore store, PartSource source, Runnable wake) {
    this.path = path;
    this.store = store;
    this.source = source;
    this.wake = wake;
  }

  void add(RenditionDescription description) {
    of(description.name()).add(new Item(description, null));
  }

  void add(String rendition, PartEntry entry) {
    if (entry.position().msn() <= skipped.getOrDefault(rendition, Long.MIN_VALUE)) {
      return;
    }
    Item item = new Item(null, entry);
    Ahead asked = ahead.remove(rendition);
    if (asked != null && entry.sizeBytes() > 0 && asked.position().equals(entry.position())) {
      item.bytes = asked.bytes();
      inFlight++;
    } else if (asked != null) {
      asked.bytes().cancel(true);
    }
    of(rendition).add(item);
  }

  /** Passes over what another queue found to be nowhere. */
  void skipAsIn(CopyQueue other) {
    skipped.putAll(other.skipped);
  }

  boolean isEmpty() {
    return renditions.values().stream().allMatch(Deque::isEmpty);
  }

  /** How much media waits in the rendition in which most does. */
  long mediaUs() {
    long most = 0;
    for (Deque<Item> items : renditions.values()) {
      long sum = 0;
      for (Item item : items) {
        sum += item.entry == null ? 0 : item.entry.durationUs();
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Copies what can be copied now; false if there is a hole that cannot be filled. */
  boolean proceed() {
    for (Map.Entry<String, Deque<Item>> each : renditions.entrySet()) {
      if (!drain(each.getKey(), each.getValue())) {
        return false;
      }
    }
    fetch();
    return true;
  }

  void cancel() {
    ahead.values().forEach(each -> each.bytes().cancel(true));
    ahead.clear();
    for (Deque<Item> items : renditions.values()) {
      for (Item item : items) {
        if (item.bytes != null) {
          item.bytes.cancel(true);
        }
      }
    }
    renditions.clear();
    inFlight = 0;
  }

  private Deque<Item> of(String rendition) {
    return renditions.computeIfAbsent(rendition, name -> new ArrayDeque<>());
  }

  /** Writes from the front of one rendition's queue as long as the bytes are here. */
  private boolean drain(String rendition, Deque<Item> items) {
    boolean wrote = false;
    for (Item item = items.peek(); item != null; item = items.peek()) {
      if (item.description != null) {
        store.describe(path, Long.MAX_VALUE, item.description);
      } else if (item.entry != null) {
        Bytes data = Bytes.EMPTY;
        if (item.entry.sizeBytes() > 0) {
          if (item.bytes == null || !item.bytes.isDone()) {
            break;
          }
          inFlight--;
          Optional<Bytes> came = fitting(item.entry, item.bytes);
          if (came.isEmpty()) {
            item.bytes = null;
            if (++item.failures < MAX_FAILURES) {
              break; // It was asked for too early, or of one who is gone: once more.
            }
            if (!skip(rendition, items, item.entry)) {
              return false;
            }
            continue;
          }
          data = came.get();
        }
        if (!(store.copy(path, rendition, item.entry, data) instanceof AppendResult.Accepted)) {
          return false;
        }
        wrote = true;
      }
      items.remove();
    }
    if (wrote && items.isEmpty()) {
      askAhead(rendition);
    }
    return true;
  }

  private static Optional<Bytes> fitting(PartEntry entry, CompletableFuture<Bytes> bytes) {
    if (bytes.isCompletedExceptionally()) {
      return Optional.empty();
    }
    Bytes came = bytes.join();
    return came.length() == entry.sizeBytes() && came.sha256().equals(entry.sha256())
        ? Optional.of(came)
        : Optional.empty();
  }

  /**
   * Goes on without a segment whose bytes are nowhere: the copy begins behind it, which is no hole
   * as long as it has nothing before it. False if it has.
   */
  private boolean skip(String rendition, Deque<Item> items, PartEntry missing) {
    long msn = missing.position().msn();
    skipped.put(rendition, msn);
    boolean begun =
        store
            .view(path)
            .flatMap(view -> view.rendition(rendition))
            .map(RenditionView::segments)
            .filter(segments -> !segments.isEmpty())
            .isPresent();
    if (begun) {
      return false;
    }
    items.removeIf(
        item -> {
          boolean gone = item.entry != null && item.entry.position().msn() <= msn;
          if (gone && item.bytes != null) {
            item.bytes.cancel(true);
            inFlight--;
          }
          return gone;
        });
    return true;
  }

  /** Keeps some requests under way. */
  private void fetch() {
    boolean more = true;
    while (more && inFlight < MAX_IN_FLIGHT) {
      more = fetchNext();
    }
  }

  /** Asks for the oldest part, by wall time, that was not asked for; false if there is none. */
  private boolean fetchNext() {
    Item oldest = null;
    String of = "";
    for (Map.Entry<String, Deque<Item>> each : renditions.entrySet()) {
      for (Item item : each.getValue()) {
        if (item.entry != null && item.entry.sizeBytes() > 0 && item.bytes == null) {
          if (oldest == null
              || oldest.entry == null
              || item.entry.programDateTimeUs() < oldest.entry.programDateTimeUs()) {
            oldest = item;
            of = each.getKey();
          }
          break;
        }
      }
    }
    if (oldest == null || oldest.entry == null) {
      return false;
    }
    inFlight++;
    oldest.bytes = ask(of, oldest.entry.position());
    return true;
  }

  private void askAhead(String rendition) {
    Optional<LogPosition> next =
        store
            .view(path)
            .filter(view -> !view.ended())
            .flatMap(view -> view.rendition(rendition))
            .flatMap(RenditionView::next);
    next.ifPresent(
        position -> {
          Ahead before = ahead.put(rendition, new Ahead(position, ask(rendition, position)));
          if (before != null) {
            before.bytes().cancel(true);
          }
        });
  }

  private CompletableFuture<Bytes> ask(String rendition, LogPosition position) {
    CompletableFuture<Bytes> bytes =
        source.bytes(path, rendition, new FileName.Part(position).toString()).toCompletableFuture();
    bytes.whenComplete((done, failure) -> wake.run());
    return bytes;
  }
}
