package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * The {@link Mesh} of the specification. Brings what happens to the piece whose matter it is:
 * {@link Peers} and {@link Roster} (who is there), {@link Demand} (what is asked of whom), {@link
 * Objects} (what comes), {@link Spread} (what is passed on), {@link Repair}, {@link Feeding} and
 * {@link Tickets} (what is done where something lacks).
 */
public final class SiteMesh implements Mesh {
  private static final long TICK_MS = 250;

  private final Ground ground;
  private final Roster roster;
  private final Blame blame;
  private final Peers peers;
  private final Admission admission;
  private final Renditions renditions = new Renditions();
  private final Ranks ranks;
  private final Demand demand;
  private final Spread spread;
  private final Objects objects;
  private final Repair repair;
  private final Feeding feeding;
  private final Tickets tickets;
  private final Casting casting;
  private final Players players;
  private final Incoming incoming;
  private final Withheld withheld;
  private final Probes probes;
  private boolean closed;

  /**
   * The mesh of one relay.
   *
   * @param self this relay
   * @param random for choosing neighbours
   * @param multicast binding M, or {@link Multicast#NONE}
   */
  public SiteMesh(
      SiteRelay self,
      MeshSettings settings,
      MeshTime time,
      RandomGenerator random,
      EdgeFetch edge,
      MeshHost host,
      Multicast multicast) {
    this(
        new Ground(
            self,
            settings,
            Controls.ALL,
            time,
            random,
            edge,
            host,
            multicast,
            PartCheck.REAL,
            new Counts()));
  }

  SiteMesh(Ground ground) {
    this.ground = ground;
    roster = new Roster(ground);
    blame = new Blame(ground, roster);
    peers = new Peers(ground, blame);
    admission = new Admission(ground, peers, blame);
    ranks = new Ranks(ground, roster, peers, blame);
    demand = new Demand(ground, roster, peers, ranks, renditions);
    spread = new Spread(ground, roster, peers);
    objects = new Objects(ground, peers, new Steps());
    probes = new Probes(ground, roster, peers, blame);
    repair = new Repair(ground, roster, peers, probes);
    feeding = new Feeding(ground, ranks, objects, this::fetched);
    tickets = new Tickets(ground, roster, peers, feeding);
    players = new Players(ground, objects, feeding, tickets::mayFetch);
    withheld = new Withheld(ground, peers);
    incoming = new Incoming(ground, peers, renditions, demand, objects, spread, repair, feeding);
    casting = new Casting(ground, peers, ranks, renditions, objects, new Casts());
    ground.multicast().begin(casting);
    peers.watch(new Connections());
    ground.afterMs(TICK_MS, this::tick);
  }

  /** What follows from what happens to objects. */
  private final class Steps implements Objects.Watcher {
    @Override
    public void expected(ObjectState object) {
      peers.expected(object, roster.trees(object.rendition.path).feeders());
      feeding.expected(object);
      repair.expected(object);
      tickets.expected(object);
      withheld.expected(object);
      probes.expected(object);
      casting.expected(object);
    }

    @Override
    public void took(ObjectState object, Frame.Chunk chunk, Peer from) {
      ground.counts().repaired += chunk.repair() ? 1 : 0;
      repair.took(object, chunk.index(), from);
      feeding.took(object);
      spread.pass(object, chunk.index(), from);
    }

    @Override
    public void completed(ObjectState object) {
      feeding.cancel(object);
      players.completed(object);
      casting.over(object);
      repair.tell(object);
    }

    @Override
    public boolean late(ObjectState object) {
      return !object.players.isEmpty();
    }

    @Override
    public void expired(ObjectState object) {
      casting.over(object);
      players.expired(object);
      if (object.players.isEmpty()) {
        giveUp(object);
      }
    }

    @Override
    public void replay(Peer from, Frame.Linked frame) {
      incoming.received(from, frame);
    }
  }

  /** What follows from what comes by multicast. */
  private final class Casts implements Casting.Watcher {
    @Override
    public void came(ObjectState object) {
      feeding.took(object);
      spread.passAll(object);
      repair.fetched(object);
    }

    @Override
    public void spoiled(ObjectState object) {
      repair.want(object);
    }

    @Override
    public void heardChanged() {
      demand.reviewAll();
    }
  }

  /** What follows from connections that come and go. */
  private final class Connections implements Peers.Watcher {
    @Override
    public void gained(Peer peer) {
      demand.reviewAll();
      spread.gained(renditions.all());
    }

    @Override
    public void gone(Peer peer) {
      for (Rendition rendition : renditions.all()) {
        rendition.objects.values().forEach(object -> object.forget(peer));
      }
      withheld.gone(peer);
      demand.gone(peer);
    }

    @Override
    public void changed() {
      demand.reviewAll();
    }
  }

  /** Relays below may ask for it until 3 s, and nobody after that. */
  private void giveUp(ObjectState object) {
    long left = object.signedAt + Ground.LATE - ground.now();
    if (object.fetch == null || object.rendition.children.isEmpty() || left <= 0) {
      feeding.cancel(object);
    } else {
      ground.time().after(left, () -> feeding.cancel(object));
    }
  }

  /** An object came from the edge. */
  private void fetched(ObjectState object, boolean inPlaceOfTheFeeder) {
    if (inPlaceOfTheFeeder) {
      spread.push(object);
    } else {
      spread.passAll(object);
    }
    casting.fetched(object, inPlaceOfTheFeeder);
    repair.fetched(object);
  }

  private void tick() {
    if (closed) {
      return;
    }
    peers.tick();
    feeding.tick();
    objects.kept().sweep(renditions.all());
    renditions.sweep();
    ground.afterMs(TICK_MS, this::tick);
  }

  @Override
  public void site(Collection<SiteRelay> relays) {
    roster.site(relays);
  }

  @Override
  public Frame.Welcome greet(Frame.Hello hello, Bytes certified, long clockMs) {
    return closed
        ? new Frame.Welcome(
            Frame.Verdict.STOPPING, ground.id(), clockMs, Frame.Verdict.STOPPING.text())
        : admission.greet(hello, certified, clockMs);
  }

  @Override
  public void connected(Link link) {
    if (closed || blame.banned(link.peer())) {
      link.close(closed ? Frame.Leaving.STOPPING : Frame.Leaving.BANNED, "");
    } else {
      peers.connected(link);
    }
  }

  @Override
  public void writable(Link link) {
    peers.of(link).ifPresent(peer -> peer.outbox().drain());
  }

  @Override
  public void malformed(Link link, String reason) {
    peers.of(link).ifPresent(peer -> peers.malformed(peer, reason));
  }

  @Override
  public void disconnected(Link link) {
    peers.disconnected(link);
  }

  @Override
  public void unreachable(Bytes peer, Optional<Frame.Verdict> verdict) {
    peers.unreachable(peer, verdict);
  }

  @Override
  public void received(Link link, Frame.Linked frame) {
    peers.of(link).filter(peer -> !closed).ifPresent(peer -> incoming.received(peer, frame));
  }

  @Override
  public void signed(StreamPath path, String name, PartEntry entry, boolean live) {
    renditions.make(path, name).ifPresent(rendition -> signed(rendition, entry, live));
  }

  private void signed(Rendition rendition, PartEntry entry, boolean live) {
    LogPosition at = entry.position();
    LogPosition newest = rendition.newest;
    boolean newSegment = newest == null || at.msn() != newest.msn();
    if (live && newSegment && roster.boundary(rendition.path)) {
      renditions.of(rendition.path).forEach(demand::review);
    }
    if (entry.sizeBytes() == 0) {
      feeding.ended(rendition, entry);
      players.nothing(rendition, at);
    } else {
      rendition.sees(entry);
      objects.signed(rendition, entry, live);
    }
    players.passed(rendition, entry);
    if (newest == null || at.compareTo(newest) > 0) {
      rendition.newest = at;
    }
  }

  @Override
  public void ended(StreamPath path) {
    for (Rendition rendition : renditions.of(path)) {
      feeding.forget(rendition);
      objects.end(rendition);
    }
  }

  @Override
  public void want(StreamPath path, String name) {
    renditions
        .make(path, name)
        .ifPresent(
            rendition -> {
              rendition.wanted = true;
              demand.review(rendition);
            });
  }

  @Override
  public void unwant(StreamPath path, String name) {
    renditions
        .get(path, name)
        .ifPresent(
            rendition -> {
              rendition.wanted = false;
              demand.review(rendition);
            });
  }

  @Override
  public CompletionStage<Bytes> part(StreamPath path, String name, LogPosition position) {
    return renditions
        .make(path, name)
        .filter(rendition -> !closed)
        .map(rendition -> players.part(rendition, position))
        .orElseGet(() -> CompletableFuture.failedStage(new UnsharedException()));
  }

  @Override
  public void accused(Bytes accuser, List<Accusation> all) {
    if (!closed) {
      peers.heard(accuser, all);
    }
  }

  /** Whether a relay is not used here, since it or its accuser is at fault, or shut out. */
  boolean leaves(Bytes relay) {
    return blame.banned(relay) || blame.isSuspended(relay);
  }

  /** What waits to be sent to peers that are there, bytes. */
  long waitingBytes() {
    return spread.waitingBytes();
  }

  @Override
  public MeshSnapshot snapshot() {
    return ground.counts().snapshot(peers.snapshot(), blame.bans());
  }

  @Override
  public void close() {
    closed = true;
    ground.multicast().close();
    feeding.close();
    for (Peer peer : List.copyOf(peers.all())) {
      peers.close(peer, Frame.Leaving.STOPPING, "stopping");
    }
  }
}
