package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Requests for parts at the edge, one at a time for an object. Each that is of no use any more is
 * cancelled, so that the line carries what is. Mesh's executor.
 */
final class Fetches {
  /** Why a part is fetched. */
  enum Reason {
    FED,
    HEDGED,
    FALLBACK,
    ASKED
  }

  /** Who hears how fetches end. */
  interface Watcher {
    /** An object is complete by a fetch; whether in place of the feeder. */
    void fetched(ObjectState object, boolean inPlaceOfTheFeeder);

    /** An object is not being fetched any more: it came, or failed, or was cancelled. */
    void over(ObjectState object, boolean failed);
  }

  /** A request that was held until the part came is answered by then, where the line is fast. */
  private static final long EARLY = Ground.ms(400);

  private static final int TIMES_SLOWEST = 3;

  private final Ground ground;
  private final Objects objects;
  private final Watcher watcher;
  private final Recent durations = new Recent();

  Fetches(Ground ground, Objects objects, Watcher watcher) {
    this.ground = ground;
    this.objects = objects;
    this.watcher = watcher;
  }

  /**
   * Fetches an object, unless it is here or being fetched.
   *
   * @param early a request from before it was there, if there is one
   */
  void start(ObjectState object, Reason reason, @Nullable CompletableFuture<Bytes> early) {
    if (object.fetch != null || object.isComplete()) {
      return;
    }
    Counts counts = ground.counts();
    switch (reason) {
      case FED -> counts.fed++;
      case HEDGED -> counts.hedged++;
      case FALLBACK -> counts.fallback++;
      case ASKED -> counts.asked++;
    }
    if (early == null) {
      take(object, reason, ask(object.rendition, object.at), false);
      return;
    }
    take(object, reason, early, true);
    long patience = Math.max(EARLY, TIMES_SLOWEST * durations.slowest());
    ground.time().after(patience, () -> askAnew(object, reason, early));
  }

  /** A request from before the part was there may hang where what was asked has changed. */
  private void askAnew(ObjectState object, Reason reason, CompletableFuture<Bytes> early) {
    if (isUnderWay(object, early)) {
      take(object, reason, ask(object.rendition, object.at), false);
      early.cancel(true);
    }
  }

  @SuppressWarnings("ReferenceEquality") // this very request, not one that equals it
  private static boolean isUnderWay(ObjectState object, CompletableFuture<Bytes> asked) {
    return object.fetch == asked;
  }

  private void take(
      ObjectState object, Reason reason, CompletableFuture<Bytes> asked, boolean early) {
    object.fetch = asked;
    asked.whenComplete(
        (part, failure) ->
            ground
                .time()
                .execute(
                    () -> {
                      if (isUnderWay(object, asked)) {
                        came(object, reason, early, part, failure);
                      }
                    }));
  }

  /** Asks for a part, which may not be there yet. */
  CompletableFuture<Bytes> ask(Rendition rendition, LogPosition at) {
    String file = new FileName.Part(at).toString();
    CompletableFuture<Bytes> asked = ground.edge().fetch(rendition.path, rendition.name, file);
    asked.thenAccept(
        part ->
            ground
                .time()
                .execute(
                    () -> {
                      ground.counts().edgeParts++;
                      ground.counts().edgeBytes += part.length();
                    }));
    return asked;
  }

  private void came(
      ObjectState object,
      Reason reason,
      boolean early,
      @Nullable Bytes part,
      @Nullable Throwable failure) {
    if (failure != null && early) {
      // Asked for too early, or of an edge that is gone.
      take(object, reason, ask(object.rendition, object.at), false);
      return;
    }
    object.fetch = null;
    boolean open = object.isOpen();
    boolean fits = part != null && objects.whole(object, part);
    if (fits && open) {
      durations.add(ground.now() - object.signedAt);
      watcher.fetched(object, reason == Reason.HEDGED || reason == Reason.FALLBACK);
    } else if (!fits && !open) {
      Throwable why =
          failure == null
              ? ProtocolException.malformed(
                  "what the edge gave for " + object.at + " is another part")
              : failure;
      object.answerPlayers(player -> player.completeExceptionally(why));
    }
    watcher.over(object, !fits);
  }

  /** An object is of no use any more, or came otherwise. */
  void cancel(ObjectState object) {
    CompletableFuture<Bytes> asked = object.fetch;
    if (asked != null) {
      object.fetch = null;
      ground.counts().cancelled++;
      asked.cancel(true);
      watcher.over(object, false);
    }
  }
}
