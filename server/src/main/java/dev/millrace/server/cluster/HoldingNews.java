package dev.millrace.server.cluster;

import dev.millrace.cluster.Holding;
import dev.millrace.cluster.Holding.Kind;
import dev.millrace.cluster.Membership;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamChange;
import dev.millrace.origin.Replicas.Replica;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Tells the cluster what this node has, as it changes. Any thread. */
public final class HoldingNews {
  /**
   * What has gone on elsewhere stays announced for so many seconds more: the other node and the
   * copies read the last part of it here.
   */
  private static final int FENCED_SWEEPS = 2;

  private final Supplier<Membership> membership;

  // Guarded by this: what was told and not taken back.
  private final Set<StreamPath> copies = new HashSet<>();
  private final Set<StreamPath> ended = new HashSet<>();

  /** What has gone on elsewhere, and how often it is yet to be swept before it is taken back. */
  private final Map<StreamPath, Integer> fenced = new HashMap<>();

  public HoldingNews(Supplier<Membership> membership) {
    this.membership = membership;
  }

  /** What is published here stands otherwise. */
  public synchronized void published(StreamChange change) {
    StreamPath path = change.path();
    ended.remove(path);
    fenced.remove(path);
    switch (change.kind()) {
      case BEGAN, RETURNED -> ingest(change, Holding.State.LIVE);
      case AWAY -> ingest(change, Holding.State.AWAY);
      case ENDED -> {
        ingest(change, Holding.State.ENDED);
        ended.add(path);
      }
      case FENCED -> {
        ingest(change, Holding.State.AWAY);
        fenced.put(path, FENCED_SWEEPS);
      }
    }
  }

  private void ingest(StreamChange change, Holding.State state) {
    membership
        .get()
        .hold(new Holding(change.path(), Kind.INGEST, state, change.epoch(), change.owner()));
  }

  /** A copy stands otherwise. */
  public synchronized void copied(Replica replica) {
    copies.add(replica.path());
    membership
        .get()
        .hold(
            new Holding(
                replica.path(),
                Kind.ORIGIN,
                Holding.State.valueOf(replica.state().name()),
                replica.epoch(),
                ""));
  }

  /**
   * Takes back what is here no more; to be called each second.
   *
   * @param readable what the store has
   * @param replicas the copies that are kept
   */
  public synchronized void sweep(Set<StreamPath> readable, Collection<Replica> replicas) {
    Set<StreamPath> kept = new HashSet<>();
    replicas.forEach(replica -> kept.add(replica.path()));
    copies.removeIf(path -> !kept.contains(path) && released(path, Kind.ORIGIN));
    fenced.replaceAll((path, sweeps) -> sweeps - 1);
    fenced.entrySet().removeIf(each -> each.getValue() < 0 && released(each.getKey(), Kind.INGEST));
    ended.removeIf(path -> !readable.contains(path) && released(path, Kind.INGEST));
  }

  private boolean released(StreamPath path, Kind kind) {
    membership.get().release(path, kind);
    return true;
  }
}
