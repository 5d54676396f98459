package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.relay.mesh.ObjectState.Phase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers players of this relay: with what the site has, when it has come, and with what the edge
 * has where the site is too late. Mesh's executor.
 */
final class Players {
  private static final long UNSIGNED_MS = 5000;

  private final Ground ground;
  private final Objects objects;
  private final Feeding feeding;

  Players(Ground ground, Objects objects, Feeding feeding) {
    this.ground = ground;
    this.objects = objects;
    this.feeding = feeding;
  }

  CompletionStage<Bytes> part(Rendition rendition, LogPosition at) {
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    ObjectState object = objects.coming(rendition, at).orElse(null);
    if (object == null) {
      answer.completeExceptionally(missing(at));
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
      feeding.fetch(object, Feeding.Reason.ASKED);
    }
    return answer;
  }

  private void giveUp(ObjectState object) {
    if (object.phase() == Phase.UNKNOWN) {
      object.rendition.objects.remove(object.at, object);
      object.answerPlayers(player -> player.completeExceptionally(missing(object.at)));
    }
  }

  void completed(ObjectState object) {
    if (!object.players.isEmpty()) {
      Bytes whole = object.whole();
      object.answerPlayers(player -> player.complete(whole));
    }
  }

  /** Players wait, and 2 D are over: with a ticket it is fetched, without one asked for still. */
  boolean late(ObjectState object, boolean ticket) {
    if (object.players.isEmpty()) {
      return false;
    }
    if (ticket) {
      feeding.fetch(object, Feeding.Reason.ASKED);
    }
    return true;
  }

  /** It is over: the line of the site is not for all who lack it at once. */
  void expired(ObjectState object, boolean ticket) {
    if (object.players.isEmpty()) {
      return;
    }
    if (ticket || object.phase() == Phase.OLD) {
      feeding.fetch(object, Feeding.Reason.ASKED);
    } else {
      object.answerPlayers(player -> player.completeExceptionally(missing(object.at)));
    }
  }

  static NoSuchFileException missing(LogPosition at) {
    return new NoSuchFileException(new FileName.Part(at).toString());
  }
}
