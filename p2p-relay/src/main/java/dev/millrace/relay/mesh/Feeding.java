package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.relay.mesh.Fetches.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches at the edge: each part, asked for before it exists, as the feeder; parts that are too
 * slow in its place, and all of them after two such in a row (sections 6 and 7). Mesh's executor.
 */
final class Feeding implements Fetches.Watcher {
  private static final int IN_A_ROW = 2;

  /** How often it is looked whether chunks that flow will be in time. */
  private static final long QUIET_MS = 30;

  /** After so many parts who took over looks whether the feeder is back. */
  private static final int TERM = 30;

  /**
   * Of a rendition at a time: where the line is too slow for all parts, it carries some of them.
   */
  private static final int MAX_UNDER_WAY = 1;

  /** What is known of a rendition that is fed here, or may be. */
  private static final class Feed {
    final NavigableMap<LogPosition, CompletableFuture<Bytes>> early = new TreeMap<>();
    final List<ObjectState> underWay = new ArrayList<>();
    final HedgeDelay delay = new HedgeDelay();
    @Nullable PartEntry newest;

    /** The newest that waits until fewer are under way. */
    @Nullable ObjectState waiting;

    int hedges;
    int term;

    void cancelEarly(NavigableMap<LogPosition, CompletableFuture<Bytes>> some) {
      List<CompletableFuture<Bytes>> all = List.copyOf(some.values());
      some.clear();
      all.forEach(each -> each.cancel(true));
    }
  }

  private final Ground ground;
  private final Ranks ranks;
  private final BiConsumer<ObjectState, Boolean> fetched;
  private final Fetches fetches;
  private final Map<Rendition, Feed> feeds = new HashMap<>();

  /**
   * Fetches.
   *
   * @param fetched told of an object that is complete by a fetch, and whether in place of the
   *     feeder
   */
  Feeding(Ground ground, Ranks ranks, Objects objects, BiConsumer<ObjectState, Boolean> fetched) {
    this.ground = ground;
    this.ranks = ranks;
    this.fetched = fetched;
    this.fetches = new Fetches(ground, objects, this);
  }

  void expected(ObjectState object) {
    Rendition rendition = object.rendition;
    int rank = ranks.rank(rendition.path);
    if (rank == 0) {
      forget(rendition);
      return;
    }
    Feed feed = feeds.computeIfAbsent(rendition, any -> new Feed());
    CompletableFuture<Bytes> early = feed.early.remove(object.at);
    feed.cancelEarly(feed.early.headMap(object.at, false));
    if (rank == 1) {
      feed.hedges = 0;
      feed.term = 0;
    } else if (feed.term > 0 && --feed.term == 0) {
      feed.hedges = IN_A_ROW - 1;
    }
    feed.newest = object.entry();
    if (rank == 1 || feed.term > 0) {
      feed(feed, object, early);
      return;
    }
    if (early != null) {
      early.cancel(true);
    }
    feed.cancelEarly(feed.early);
    long delay = feed.delay.nanos(rank, rendition.deadline());
    ground.time().after(delay, () -> hedge(feed, object, delay));
  }

  private void feed(Feed feed, ObjectState object, @Nullable CompletableFuture<Bytes> early) {
    object.fed = true;
    if (early == null && feed.underWay.size() >= MAX_UNDER_WAY) {
      feed.waiting = object;
      return;
    }
    feed.underWay.add(object);
    boolean first = ranks.rank(object.rendition.path) == 1;
    fetches.start(object, first ? Reason.FED : Reason.HEDGED, early);
    ahead(feed, object.rendition);
  }

  /**
   * A segment is over, by an end marker or in the part that was signed: what comes next has a name.
   */
  void ended(Rendition rendition, PartEntry entry) {
    Feed feed = feeds.get(rendition);
    if (feed != null && ranks.rank(rendition.path) == 1) {
      feed.cancelEarly(feed.early.headMap(entry.position(), true));
      feed.newest = entry;
      ahead(feed, rendition);
    }
  }

  /** Asks for the next part by its name, unless the line is behind. */
  private void ahead(Feed feed, Rendition rendition) {
    PartEntry newest = feed.newest;
    if (newest == null || feed.underWay.size() >= MAX_UNDER_WAY) {
      return;
    }
    LogPosition at = newest.position();
    LogPosition next =
        newest.endOfSegment() || newest.isEndMarker()
            ? new LogPosition(at.epoch(), at.msn() + 1, 0)
            : new LogPosition(at.epoch(), at.msn(), at.part() + 1);
    feed.early.computeIfAbsent(next, any -> fetches.ask(rendition, next));
  }

  private void hedge(Feed feed, ObjectState object, long waited) {
    if (!object.isOpen() || !object.isSlow() || ranks.isHeard(object)) {
      // Heard, the line is slow, and a second copy over it makes it slower.
      feed.hedges = 0;
      return;
    }
    boolean flows = object.isCast(ground.now(), Ground.ms(QUIET_MS));
    if (flows || object.endsBefore(object.signedAt + object.rendition.deadline(), ground.now())) {
      ground.afterMs(QUIET_MS, () -> hedge(feed, object, waited));
      return;
    }
    feed.delay.hedged(waited);
    fetch(object, Reason.HEDGED);
    if (++feed.hedges >= IN_A_ROW) {
      feed.term = TERM;
    }
  }

  /** A chunk came of another relay. */
  void took(ObjectState object) {
    Feed feed = feeds.get(object.rendition);
    if (feed != null && !object.timed && !object.isSlow()) {
      object.timed = true;
      feed.delay.came(ground.now() - object.signedAt);
    }
  }

  /** A peer said what it has: who feeds before this relay does is back, or was only slow. */
  void heard(Peer peer, ObjectState object) {
    Feed feed = feeds.get(object.rendition);
    if (feed != null && feed.term > 0 && ranks.before(object.rendition.path).contains(peer.id())) {
      feed.term = 0;
      feed.hedges = 0;
    }
  }

  /** Fetches an object, unless it is being fetched. */
  void fetch(ObjectState object, Reason reason) {
    fetches.start(object, reason, null);
  }

  /** All of an object is here, or nobody needs it any more. */
  void cancel(ObjectState object) {
    fetches.cancel(object);
    Feed feed = feeds.get(object.rendition);
    if (feed != null && feed.waiting == object) {
      feed.waiting = null;
    }
  }

  @Override
  public void fetched(ObjectState object, boolean inPlaceOfTheFeeder) {
    fetched.accept(object, inPlaceOfTheFeeder);
  }

  @Override
  public void over(ObjectState object, boolean failed) {
    object.fed &= !failed;
    Feed feed = feeds.get(object.rendition);
    if (feed == null || !feed.underWay.remove(object)) {
      return;
    }
    ObjectState next = feed.waiting;
    feed.waiting = null;
    if (next != null && next.isOpen()) {
      feed(feed, next, null);
    } else if (ranks.rank(object.rendition.path) == 1 || feed.term > 0) {
      ahead(feed, object.rendition);
    }
  }

  /** Nobody asks for a rendition any more, or not of this relay. */
  void forget(Rendition rendition) {
    Feed feed = feeds.remove(rendition);
    if (feed != null) {
      feed.cancelEarly(feed.early);
    }
  }

  /** Some four times a second: lets go of what is not needed. */
  void tick() {
    for (Rendition rendition : List.copyOf(feeds.keySet())) {
      if (!rendition.needed()) {
        forget(rendition);
      }
    }
  }

  /** Asks for nothing any more. */
  void close() {
    List.copyOf(feeds.keySet()).forEach(this::forget);
  }
}
