package dev.millrace.relay.mesh;

import dev.millrace.media.log.LogPosition;
import java.util.Optional;

/**
 * Brings each frame of a peer to the piece whose matter it is; what comes at the wrong time is
 * dropped and counted. Mesh's executor.
 */
final class Incoming {
  private final Ground ground;
  private final Peers peers;
  private final Renditions renditions;
  private final Demand demand;
  private final Objects objects;
  private final Spread spread;
  private final Repair repair;
  private final Feeding feeding;

  Incoming(
      Ground ground,
      Peers peers,
      Renditions renditions,
      Demand demand,
      Objects objects,
      Spread spread,
      Repair repair,
      Feeding feeding) {
    this.ground = ground;
    this.peers = peers;
    this.renditions = renditions;
    this.demand = demand;
    this.objects = objects;
    this.spread = spread;
    this.repair = repair;
    this.feeding = feeding;
  }

  void received(Peer peer, Frame.Linked frame) {
    switch (frame) {
      case Frame.Hello hello -> peers.malformed(peer, "HELLO once more");
      case Frame.Welcome welcome -> peers.malformed(peer, "WELCOME once more");
      case Frame.Ping ping -> peer.outbox().say(pong(ping));
      case Frame.Pong pong -> peer.pong(pong, ground.now());
      case Frame.Bye bye -> peers.left(peer, bye.reason());
      case Frame.Subscribe subscribe -> demand.subscribe(peer, subscribe);
      case Frame.Unsubscribe unsubscribe -> demand.unsubscribe(peer, unsubscribe.track());
      case Frame.Head head ->
          coming(peer, head.track(), head.at())
              .ifPresent(object -> objects.head(peer, object, head));
      case Frame.Chunk chunk ->
          coming(peer, chunk.track(), chunk.at())
              .ifPresentOrElse(
                  object -> objects.chunk(peer, object, chunk), () -> objects.useless(peer));
      case Frame.Have have -> had(peer, have);
      case Frame.Want want ->
          spread.want(peer, want, known(peer, want.track(), want.at()).orElse(null));
      case Frame.Refuse refuse ->
          known(peer, refuse.track(), refuse.at())
              .ifPresent(object -> repair.refused(peer, refuse, object));
      case Frame.Cancel cancel ->
          known(peer, cancel.track(), cancel.at())
              .ifPresent(object -> spread.cancel(peer, cancel, object));
    }
  }

  private Frame.Pong pong(Frame.Ping ping) {
    long ms = spread.waitingBytes() * Byte.SIZE / ground.self().uplinkKbit();
    int tracks =
        (int) Math.min(0xFFFF, renditions.all().stream().filter(each -> each.active).count());
    return new Frame.Pong(ping.token(), (int) Math.min(0xFFFF, ms), 0, tracks);
  }

  private void had(Peer peer, Frame.Have have) {
    Optional<ObjectState> coming = coming(peer, have.track(), have.at());
    if (coming.isEmpty()) {
      return;
    }
    ObjectState object = coming.get();
    if (object.isSigned()) {
      feeding.heard(peer, object);
      repair.has(peer, have, object);
      spread.has(peer, have, object);
    } else {
      objects.keepAside(peer, object, have, FrameLength.of(have));
    }
  }

  /** The object of a frame that may be its first sign. */
  private Optional<ObjectState> coming(Peer peer, int track, LogPosition at) {
    Rendition rendition = peer.named(track);
    if (rendition == null || !rendition.needed()) {
      ground.counts().dropped++;
      return Optional.empty();
    }
    return objects.coming(rendition, at);
  }

  private Optional<ObjectState> known(Peer peer, int track, LogPosition at) {
    Rendition rendition = peer.named(track);
    if (rendition == null) {
      ground.counts().dropped++;
      return Optional.empty();
    }
    return objects.get(rendition, at).filter(ObjectState::isSigned);
  }
}
