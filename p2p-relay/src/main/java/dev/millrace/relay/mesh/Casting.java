package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of the mesh goes by multicast: objects that are fed here, where somebody listens, and those
 * of a feeder that is heard (sections 6 and 8). Mesh's executor.
 */
final class Casting implements Multicast.Host {
  /** What follows from a part that came by multicast. */
  interface Watcher {
    /** It is the one of the log, and all of it is here. */
    void came(ObjectState object);

    /** It is another: what lacks has to come another way. */
    void spoiled(ObjectState object);

    /** Other relays are heard than before. */
    void heardChanged();
  }

  private final Ground ground;
  private final Peers peers;
  private final Ranks ranks;
  private final Renditions renditions;
  private final Objects objects;
  private final Watcher watcher;

  Casting(
      Ground ground,
      Peers peers,
      Ranks ranks,
      Renditions renditions,
      Objects objects,
      Watcher watcher) {
    this.ground = ground;
    this.peers = peers;
    this.ranks = ranks;
    this.renditions = renditions;
    this.objects = objects;
    this.watcher = watcher;
  }

  private static PartName name(ObjectState object) {
    return new PartName(object.rendition.track(), object.at);
  }

  /** An object is to come. */
  void expected(ObjectState object) {
    long until = object.signedAt + object.rendition.deadline();
    ground.multicast().expect(name(object), object.size(), until);
  }

  /** An object is complete or of no use any more. */
  void over(ObjectState object) {
    ground.multicast().over(name(object));
  }

  /**
   * An object came from the edge. In place of a feeder it is sent where that one is listened to,
   * which is known here by listening, too.
   */
  void fetched(ObjectState object, boolean inPlaceOfTheFeeder) {
    Rendition rendition = object.rendition;
    boolean mine = rendition.isListenedTo();
    boolean theirs =
        inPlaceOfTheFeeder
            && ranks.mayFeed(ground.id(), rendition.path)
            && ranks
                .feeder(rendition.path)
                .filter(id -> ground.multicast().hears(id, rendition.track()))
                .isPresent();
    if (mine || theirs) {
      long until = object.signedAt + ground.lifetime(rendition);
      ground.multicast().send(name(object), object.whole(), until);
    }
  }

  @Override
  public List<PartName.Track> fed() {
    List<PartName.Track> fed = new ArrayList<>();
    for (Rendition rendition : renditions.all()) {
      if (rendition.needed() && ranks.rank(rendition.path) == 1) {
        fed.add(rendition.track());
      }
    }
    return fed;
  }

  @Override
  public int listeners() {
    Set<Peer> listeners = new HashSet<>();
    for (Rendition rendition : renditions.all()) {
      rendition.children.stream().filter(rendition::listens).forEach(listeners::add);
    }
    return listeners.size();
  }

  @Override
  public boolean mayFeed(Bytes relay, PartName.Track track) {
    return ranks.mayFeed(relay, track.path());
  }

  private Optional<ObjectState> open(PartName part) {
    StreamPath path = part.of().path();
    return renditions
        .get(path, part.of().rendition())
        .flatMap(rendition -> objects.get(rendition, part.at()))
        .filter(ObjectState::isOpen);
  }

  @Override
  public void coming(PartName part) {
    open(part).ifPresent(object -> object.symbolAt = ground.now());
  }

  @Override
  public boolean decoded(PartName part, Bytes bytes) {
    ObjectState object = open(part).orElse(null);
    if (object == null) {
      return true;
    }
    if (objects.whole(object, bytes)) {
      watcher.came(object);
      return true;
    }
    object.symbolAt = 0;
    watcher.spoiled(object);
    return false;
  }

  @Override
  public void heardChanged() {
    watcher.heardChanged();
  }

  @Override
  public int roundTripMs(Bytes relay) {
    return peers
        .get(relay)
        .map(Peer::distance)
        .filter(nanos -> nanos < Ground.ms(0xFFFF))
        .map(nanos -> Math.toIntExact(nanos / Ground.ms(1)))
        .orElse(0);
  }
}
