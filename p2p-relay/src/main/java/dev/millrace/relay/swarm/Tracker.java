package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Introduces pages that play the same rendition to each other, as a WebTorrent tracker does, by
 * rules of its own: only pages whose token names the same swarm meet, those of one site only, and
 * those of one subnet first. Holds nothing that does not come again with the next announcements, so
 * that a tracker which dies can be replaced by any other. Any thread.
 */
public final class Tracker {
  /** Who meets: swarm of the token, what the page calls the rendition, site. */
  record GroupKey(String swarm, String infoHash, String site) {}

  private static final Comparator<GroupKey> BY_NAME =
      Comparator.comparing(GroupKey::swarm).thenComparing(GroupKey::site);

  private final TrackerLimits limits;
  private final Sites sites;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final LongAdder refused = new LongAdder();
  private final LongAdder introduced = new LongAdder();

  /** Guarded by this, as is the next. */
  private final Map<GroupKey, List<SwarmGroup>> groups = new HashMap<>();

  private final Map<InetAddress, Integer> connections = new HashMap<>();

  public Tracker(TrackerLimits limits, Sites sites, RandomGenerator random, LongSupplier nanoTime) {
    this.limits = limits;
    this.sites = sites;
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /**
   * Lets a page in.
   *
   * @param swarm that its token names
   * @return empty if there are too many connections of this address
   */
  public Optional<TrackerPeer> connect(TrackerClient client, String swarm, InetAddress address) {
    synchronized (this) {
      int open = connections.getOrDefault(address, 0);
      if (open >= limits.connectionsPerAddress()) {
        refused.increment();
        return Optional.empty();
      }
      connections.put(address, open + 1);
    }
    String site = sites.of(address).orElse("");
    return Optional.of(new TrackerPeer(this, client, swarm, site, address, nanoTime.getAsLong()));
  }

  /** Peers that are known now, one for each rendition that a page plays. */
  public synchronized int peers() {
    return groups.values().stream().flatMap(List::stream).mapToInt(SwarmGroup::size).sum();
  }

  /** The same for each swarm and site in which there is somebody. */
  public synchronized List<SwarmFacts> swarms() {
    Map<GroupKey, Integer> peers = new TreeMap<>(BY_NAME);
    groups.forEach(
        (key, list) ->
            peers.merge(
                new GroupKey(key.swarm, "", key.site),
                list.stream().mapToInt(SwarmGroup::size).sum(),
                Integer::sum));
    return peers.entrySet().stream()
        .filter(each -> each.getValue() > 0)
        .map(each -> new SwarmFacts(each.getKey().swarm, each.getKey().site, each.getValue()))
        .toList();
  }

  /** Connections that are open now. */
  public synchronized int connections() {
    return connections.values().stream().mapToInt(each -> each).sum();
  }

  /** Offers passed on so far. */
  public long introduced() {
    return introduced.sum();
  }

  /** Messages and connections refused so far. */
  public long refused() {
    return refused.sum();
  }

  /** Forgets who has not come for long; now and then. */
  public synchronized void sweep() {
    long silentNanos = limits.interval().toNanos() * 5 / 2;
    long now = nanoTime.getAsLong();
    groups.values().forEach(list -> list.forEach(group -> group.forget(now, silentNanos)));
    groups.values().forEach(list -> list.removeIf(group -> group.size() == 0));
    groups.values().removeIf(List::isEmpty);
  }

  TrackerLimits limits() {
    return limits;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  void countRefusal() {
    refused.increment();
  }

  /**
   * Puts a peer into a group, or notes that it is still there, and passes its offers on.
   *
   * @return how many are in the group; empty if another page has this id there
   */
  Optional<Integer> announce(TrackerPeer peer, String infoHash, String id, List<Offer> offers) {
    List<TrackerPeer> chosen;
    SwarmGroup group;
    int size;
    synchronized (this) {
      Optional<SwarmGroup> entered = enter(peer, infoHash, id);
      if (entered.isEmpty()) {
        return Optional.empty();
      }
      group = entered.get();
      chosen = group.choose(peer, offers.size(), random);
      size = group.size();
      for (int i = 0; i < chosen.size(); i++) {
        group.noteOffer(offers.get(i).id(), peer, chosen.get(i));
      }
    }
    for (int i = 0; i < chosen.size(); i++) {
      Offer offer = offers.get(i);
      introduced.increment();
      chosen
          .get(i)
          .client()
          .send(new TrackerMessage.Offered(infoHash, id, offer.id(), offer.sdp()));
    }
    return Optional.of(size);
  }

  private Optional<SwarmGroup> enter(TrackerPeer peer, String infoHash, String id) {
    GroupKey key = new GroupKey(peer.swarm(), infoHash, peer.site());
    List<SwarmGroup> all = groups.computeIfAbsent(key, ignored -> new ArrayList<>());
    for (SwarmGroup group : all) {
      Optional<TrackerPeer> holder = group.holder(id);
      if (holder.isPresent()) {
        // A page that loads its player anew connects again before its old connection has ended.
        boolean same = holder.get().address().equals(peer.address());
        if (same) {
          group.put(id, peer, nanoTime.getAsLong());
        }
        return same ? Optional.of(group) : Optional.empty();
      }
    }
    SwarmGroup open =
        all.stream()
            .filter(group -> group.size() < limits.groupSize())
            .findFirst()
            .orElseGet(
                () -> {
                  SwarmGroup added = new SwarmGroup();
                  all.add(added);
                  return added;
                });
    open.put(id, peer, nanoTime.getAsLong());
    return Optional.of(open);
  }

  /**
   * Passes an answer on to who made the offer.
   *
   * @return whether there is such an offer, made to this peer
   */
  boolean answer(TrackerPeer from, String infoHash, String id, String offerId, String sdp) {
    Optional<TrackerPeer> to;
    synchronized (this) {
      to = groupOf(from, infoHash, id).flatMap(group -> group.takeOffer(offerId, from));
    }
    to.ifPresent(
        peer -> peer.client().send(new TrackerMessage.Answered(infoHash, id, offerId, sdp)));
    return to.isPresent();
  }

  /** How many are in this peer's group. */
  synchronized int groupSize(TrackerPeer peer, String infoHash, String id) {
    return groupOf(peer, infoHash, id).map(SwarmGroup::size).orElse(0);
  }

  synchronized void leave(TrackerPeer peer, String infoHash, String id) {
    groupOf(peer, infoHash, id).ifPresent(group -> group.remove(id));
  }

  private Optional<SwarmGroup> groupOf(TrackerPeer peer, String infoHash, String id) {
    return groups
        .getOrDefault(new GroupKey(peer.swarm(), infoHash, peer.site()), List.of())
        .stream()
        .filter(group -> group.holder(id).filter(holder -> holder == peer).isPresent())
        .findFirst();
  }

  synchronized void disconnected(TrackerPeer peer) {
    connections.computeIfPresent(peer.address(), (at, open) -> open > 1 ? open - 1 : null);
  }
}
