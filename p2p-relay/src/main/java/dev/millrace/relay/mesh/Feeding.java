package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches at the edge: each part, asked for before it exists, as the feeder; parts that are too
 * slow in its place, and all of them after two such in a row (sections 6 and 7). Mesh's executor.
 */
final class Feeding {
  /** Why a part is fetched. */
  enum Reason {
    FED,
    HEDGED,
    FALLBACK,
    ASKED
  }

  private static final long HEDGE_MS = 80;
  private static final int IN_A_ROW = 2;

  /** Where chunks came so short ago the feeder is slow, and not lost. */
  private static final long QUIET_MS = 30;

  /** A request that was held until the part came is answered by then. */
  private static final long EARLY_MS = 400;

  /** After so many parts who took over looks whether the feeder is back. */
  private static final int TERM = 30;

  /** What is known of a rendition that is fed here, or may be. */
  private static final class Feed {
    final NavigableMap<LogPosition, CompletionStage<Bytes>> early = new TreeMap<>();
    int hedges;
    int term;
  }

  private final Ground ground;
  private final Ranks ranks;
  private final BiConsumer<ObjectState, Boolean> fetched;
  private final Objects objects;
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
    this.objects = objects;
    this.fetched = fetched;
  }

  void expected(ObjectState object) {
    Rendition rendition = object.rendition;
    int rank = ranks.rank(rendition.path);
    if (rank == 0) {
      feeds.remove(rendition);
      return;
    }
    Feed feed = feeds.computeIfAbsent(rendition, any -> new Feed());
    CompletionStage<Bytes> early = feed.early.remove(object.at);
    feed.early.headMap(object.at).clear();
    if (rank == 1) {
      feed.hedges = 0;
      feed.term = 0;
    } else if (feed.term > 0 && --feed.term == 0) {
      feed.hedges = IN_A_ROW - 1;
    }
    if (rank == 1 || feed.term > 0) {
      fetch(object, rank == 1 ? Reason.FED : Reason.HEDGED, early);
      ahead(feed, rendition, object.entry());
    } else {
      ground.afterMs(HEDGE_MS * (rank - 1), () -> hedge(feed, object));
    }
  }

  /**
   * A segment is over, by an end marker or in the part that was signed: what comes next has a name.
   */
  void ended(Rendition rendition, PartEntry entry) {
    Feed feed = feeds.get(rendition);
    if (feed != null && ranks.rank(rendition.path) == 1) {
      feed.early.headMap(entry.position(), true).clear();
      ahead(feed, rendition, entry);
    }
  }

  private void ahead(Feed feed, Rendition rendition, PartEntry entry) {
    LogPosition at = entry.position();
    LogPosition next =
        entry.endOfSegment() || entry.isEndMarker()
            ? new LogPosition(at.epoch(), at.msn() + 1, 0)
            : new LogPosition(at.epoch(), at.msn(), at.part() + 1);
    feed.early.computeIfAbsent(next, any -> ask(rendition, next));
  }

  private void hedge(Feed feed, ObjectState object) {
    if (!object.isOpen() || !object.isSlow()) {
      feed.hedges = 0;
      return;
    }
    if (ranks.isHeard(object)) {
      // The line is slow then, and a second copy over it makes it slower.
      feed.hedges = 0;
      return;
    }
    if (object.flows(ground.now(), Ground.ms(QUIET_MS))) {
      ground.afterMs(QUIET_MS, () -> hedge(feed, object));
      return;
    }
    fetch(object, Reason.HEDGED, null);
    if (++feed.hedges >= IN_A_ROW) {
      feed.term = TERM;
    }
  }

  /** Fetches an object, unless it is being fetched. */
  void fetch(ObjectState object, Reason reason) {
    fetch(object, reason, null);
  }

  private void fetch(ObjectState object, Reason reason, @Nullable CompletionStage<Bytes> early) {
    if (object.fetching || object.isComplete()) {
      return;
    }
    object.fetching = true;
    Counts counts = ground.counts();
    switch (reason) {
      case FED -> counts.fed++;
      case HEDGED -> counts.hedged++;
      case FALLBACK -> counts.fallback++;
      case ASKED -> counts.asked++;
    }
    if (early == null) {
      take(object, reason, ask(object.rendition, object.at));
      return;
    }
    early.whenComplete(
        (part, failure) ->
            ground
                .time()
                .execute(
                    () -> {
                      // Asked for too early, or of an edge that is gone.
                      CompletionStage<Bytes> bytes =
                          failure == null ? early : ask(object.rendition, object.at);
                      take(object, reason, bytes);
                    }));
    ground.afterMs(EARLY_MS, () -> askAnew(object, reason));
  }

  /** A request from before the part was there may hang where what was asked has changed. */
  private void askAnew(ObjectState object, Reason reason) {
    if (object.fetching && !object.isComplete()) {
      take(object, reason, ask(object.rendition, object.at));
    }
  }

  private void take(ObjectState object, Reason reason, CompletionStage<Bytes> bytes) {
    bytes.whenComplete(
        (part, failure) -> ground.time().execute(() -> came(object, reason, part, failure)));
  }

  private CompletionStage<Bytes> ask(Rendition rendition, LogPosition at) {
    StreamPath path = rendition.path;
    String file = new FileName.Part(at).toString();
    CompletionStage<Bytes> asked = ground.edge().fetch(path, rendition.name, file);
    asked.whenComplete(
        (part, failure) -> {
          if (failure == null) {
            ground
                .time()
                .execute(
                    () -> {
                      ground.counts().edgeParts++;
                      ground.counts().edgeBytes += part.length();
                    });
          }
        });
    return asked;
  }

  private void came(
      ObjectState object, Reason reason, @Nullable Bytes part, @Nullable Throwable failure) {
    object.fetching = false;
    if (object.isComplete()) {
      return;
    }
    boolean open = object.isOpen();
    boolean fits = part != null && objects.whole(object, part);
    if (fits && open) {
      fetched.accept(object, reason == Reason.HEDGED || reason == Reason.FALLBACK);
    } else if (!fits && !open) {
      Throwable why =
          failure == null
              ? ProtocolException.malformed(
                  "what the edge gave for " + object.at + " is another part")
              : failure;
      object.answerPlayers(player -> player.completeExceptionally(why));
    }
  }

  /** Nobody asks for a rendition any more. */
  void forget(Rendition rendition) {
    feeds.remove(rendition);
  }
}
