package dev.millrace.cluster;

import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.cluster.channel.GroupListener;
import dev.millrace.cluster.channel.GroupView;
import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.Bytes;
import dev.millrace.testkit.SimulatedTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A group in memory, whose time passes when the test says so: views and messages take some
 * milliseconds, each member hears of views at its own time, the network can be cut, and what comes
 * from outside of a member's view is lost, which is harsher than a real channel. Deterministic.
 */
public final class MemoryNetwork {
  private final class Peer implements GroupChannel {
    final MemberId id;
    @Nullable GroupListener listener;
    boolean alive = true;
    int side;
    GroupView told;

    Peer(MemberId id) {
      this.id = id;
      this.told = new GroupView(List.of(id), false);
    }

    @Override
    public MemberId self() {
      return id;
    }

    @Override
    public void listen(GroupListener hears) {
      listener = hears;
      hears.viewChanged(told);
    }

    @Override
    public GroupView view() {
      return told;
    }

    @Override
    public void send(MemberId to, Bytes message) {
      Peer receiver = peers.get(to);
      if (receiver != null && told.members().contains(to)) {
        carry(this, receiver, "one", message);
      }
    }

    @Override
    public void broadcast(Bytes message) {
      broadcasts++;
      for (MemberId to : told.members()) {
        Peer receiver = peers.get(to);
        if (receiver != null && receiver != this) {
          carry(this, receiver, "all", message);
        }
      }
    }

    @Override
    public void close() {
      crash(id);
    }
  }

  private final Random random;
  private final SimulatedTime time = new SimulatedTime();
  private final Map<MemberId, Peer> peers = new LinkedHashMap<>();
  private final Map<String, Long> lastArrival = new HashMap<>();
  private long members;
  private int loss;
  private long broadcasts;
  private int longest;

  public MemoryNetwork(long seed) {
    random = new Random(seed);
  }

  public long nanoTime() {
    return time.nanos();
  }

  public void schedule(Runnable task, long delayNanos) {
    time.schedule(task, delayNanos);
  }

  /** Percent of messages that are lost from now on. */
  public void lose(int percent) {
    loss = percent;
  }

  long broadcasts() {
    return broadcasts;
  }

  /** Bytes of the longest message. */
  int longest() {
    return longest;
  }

  /** A member comes. */
  public GroupChannel join(String name) {
    Peer peer = new Peer(new MemberId(name + "/" + members++));
    peers.put(peer.id, peer);
    regroup(false);
    return peer;
  }

  /** It is gone, and says no word more. */
  public void crash(MemberId member) {
    Peer peer = peers.remove(member);
    if (peer != null) {
      peer.alive = false;
      regroup(false);
    }
  }

  /** Cuts the network: those that the test names on one side, all others on the other. */
  public void cut(Set<MemberId> oneSide) {
    peers.values().forEach(peer -> peer.side = oneSide.contains(peer.id) ? 1 : 0);
    regroup(false);
  }

  public void heal() {
    peers.values().forEach(peer -> peer.side = 0);
    regroup(true);
  }

  public List<MemberId> members() {
    return List.copyOf(peers.keySet());
  }

  /** Lets time pass. */
  public void pass(long millis) {
    time.runUntil(time.nanos() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void regroup(boolean merged) {
    Set<Integer> sides = new HashSet<>();
    peers.values().forEach(peer -> sides.add(peer.side));
    for (int side : sides) {
      List<Peer> group = new ArrayList<>();
      peers.values().stream().filter(peer -> peer.side == side).forEach(group::add);
      GroupView view = new GroupView(group.stream().map(Peer::self).toList(), merged);
      for (Peer peer : group) {
        at(
            arrival("view " + peer.id, 30),
            () -> {
              if (peer.alive && !view.members().equals(peer.told.members())) {
                peer.told = view;
                if (peer.listener != null) {
                  peer.listener.viewChanged(view);
                }
              }
            });
      }
    }
  }

  private void carry(Peer from, Peer to, String lane, Bytes message) {
    longest = Math.max(longest, message.length());
    if (random.nextInt(100) < loss) {
      return;
    }
    at(
        arrival(lane + " " + from.id + " " + to.id, 8),
        () -> {
          boolean heard = to.alive && from.side == to.side && to.told.members().contains(from.id);
          GroupListener listener = to.listener;
          if (heard && listener != null) {
            listener.received(from.id, message);
          }
        });
  }

  /** Later than all before it on the same lane. */
  private long arrival(String lane, int maxMillis) {
    long at = time.nanos() + 200_000 + random.nextLong(TimeUnit.MILLISECONDS.toNanos(maxMillis));
    return lastArrival.merge(lane, at, (last, mine) -> Math.max(last + 1, mine));
  }

  private void at(long at, Runnable action) {
    time.schedule(action, at - time.nanos());
  }
}
