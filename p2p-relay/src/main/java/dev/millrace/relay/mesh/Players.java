package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.relay.mesh.ObjectState.Phase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Answers players of this relay: with what the site has, when it has come, and with what the edge
 * has where the site is too late. Mesh's executor.
 */
final class Players {
  private static final long JUST_NOW = Ground.ms(10_000);
  private static final long UNSIGNED_MS = 10_000;

  private final Ground ground;
  private final Objects objects;
  private final Feeding feeding;
  private final Predicate<ObjectState> mayFetch;

  /**
   * @param mayFetch who has a ticket
   */
  Players(Ground ground, Objects objects, Feeding feeding, Predicate<ObjectState> mayFetch) {
    this.mayFetch = mayFetch;
    this.ground = ground;
    this.objects = objects;
    this.feeding = feeding;
  }

  CompletionStage<Bytes> part(Rendition rendition, LogPosition at) {
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    ObjectState object = objects.coming(rendition, at).orElse(null);
    if (object == null) {
      answer.completeExceptionally(new Mesh.UnsharedException());
      return answer;
    }
    if (object.isComplete()) {
      answer.complete(object.whole());
      return answer;
    }
    object.players.add(answer);
    if (object.phase() == Phase.UNKNOWN) {
      ground.afterMs(UNSIGNED_MS, () -> giveUp(object));
    } else if (!object.isOpen()) {
      askForOld(object);
    }
    return answer;
  }

  /** What the site did not get just now it does not get by all asking for it at once. */
  private void askForOld(ObjectState object) {
    boolean justNow = object.phase() == Phase.EXPIRED && ground.now() - object.signedAt < JUST_NOW;
    if (justNow && !mayFetch.test(object)) {
      object.answerPlayers(player -> player.completeExceptionally(missing(object.at)));
    } else {
      feeding.fetch(object, Fetches.Reason.ASKED);
    }
  }

  private void giveUp(ObjectState object) {
    if (object.phase() == Phase.UNKNOWN) {
      object.rendition.objects.remove(object.at, object);
      object.answerPlayers(player -> player.completeExceptionally(missing(object.at)));
    }
  }

  /** A position was signed that has no bytes: a gap, or the end of a segment. */
  void nothing(Rendition rendition, LogPosition at) {
    objects
        .get(rendition, at)
        .filter(object -> object.phase() == Phase.UNKNOWN)
        .ifPresent(
            object -> {
              rendition.objects.remove(at, object);
              object.answerPlayers(player -> player.complete(Bytes.EMPTY));
            });
  }

  /** The log is past what was only hinted: a segment that ended before it, and it never comes. */
  void passed(Rendition rendition, PartEntry entry) {
    LogPosition at = entry.position();
    LogPosition next =
        entry.endOfSegment() || entry.isEndMarker()
            ? new LogPosition(at.epoch(), at.msn() + 1, 0)
            : at;
    List.copyOf(rendition.objects.headMap(next, false).values()).forEach(this::giveUp);
  }

  void completed(ObjectState object) {
    if (!object.players.isEmpty()) {
      Bytes whole = object.whole();
      object.answerPlayers(player -> player.complete(whole));
    }
  }

  /** It is over: the line of the site is not for all who lack it at once. */
  void expired(ObjectState object) {
    if (object.players.isEmpty()) {
      return;
    }
    if (object.phase() == Phase.OLD) {
      feeding.fetch(object, Fetches.Reason.ASKED);
    } else {
      object.answerPlayers(player -> player.completeExceptionally(missing(object.at)));
    }
  }

  static NoSuchFileException missing(LogPosition at) {
    return new NoSuchFileException(new FileName.Part(at).toString());
  }
}
