package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.ClusterView.Held;
import dev.millrace.cluster.Holding;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Ownership;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Who publishes on other nodes, from the views of the cluster. A publication whose node is gone
 * counts as away for the reconnect window, so that nobody snatches a stream whose ingest node has
 * died. Any thread.
 */
public final class PublishersElsewhere implements Ownership {
  private final LongSupplier nanoTime;
  private final Supplier<Duration> reconnectWindow;
  private final ConcurrentHashMap<StreamPath, Known> known = new ConcurrentHashMap<>();

  /**
   * @param nodeId where it is, or was
   * @param goneNanos when its node left; {@code nanoTime}
   */
  private record Known(Owner owner, String nodeId, boolean gone, long goneNanos) {}

  /**
   * @param reconnectWindow how long a publisher may take to come back; asked anew each time
   */
  public PublishersElsewhere(LongSupplier nanoTime, Supplier<Duration> reconnectWindow) {
    this.nanoTime = nanoTime;
    this.reconnectWindow = reconnectWindow;
  }

  @Override
  public Optional<Owner> of(StreamPath path) {
    Known found = known.get(path);
    return found == null || isOver(found) ? Optional.empty() : Optional.of(found.owner);
  }

  /** Takes what a view says; one at a time. */
  public void learn(ClusterView view) {
    Map<StreamPath, Known> now = new HashMap<>();
    String self = view.self().id();
    for (StreamPath path : view.streams()) {
      newest(view, path, self)
          .filter(held -> isPublication(held.holding()))
          .ifPresent(held -> now.put(path, known(held)));
    }
    for (Map.Entry<StreamPath, Known> before : known.entrySet()) {
      Known was = before.getValue();
      boolean nodeGone = view.node(was.nodeId).isEmpty();
      boolean goneOnHere = epochHere(view, before.getKey(), self) > was.owner.epoch();
      if (nodeGone && !goneOnHere && !now.containsKey(before.getKey()) && !isOver(was)) {
        now.put(before.getKey(), was.gone ? was : gone(was));
      }
    }
    known.keySet().retainAll(now.keySet());
    known.putAll(now);
  }

  /** Ends publications here that have gone on elsewhere. */
  public void fence(LiveStreams streams, ClusterView view) {
    streams
        .list()
        .forEach(
            stream ->
                newest(view, stream.path(), view.self().id())
                    .ifPresent(
                        held ->
                            streams.fence(
                                stream.path(),
                                held.holding().epoch(),
                                "taken over on node " + held.node().name())));
  }

  private static Optional<Held> newest(ClusterView view, StreamPath path, String self) {
    return view.holders(path).stream()
        .filter(held -> held.holding().kind() == Holding.Kind.INGEST)
        .filter(held -> !held.node().id().equals(self))
        .max(Comparator.comparingLong(held -> held.holding().epoch()));
  }

  private static long epochHere(ClusterView view, StreamPath path, String self) {
    return view.holders(path).stream()
        .filter(held -> held.holding().kind() == Holding.Kind.INGEST)
        .filter(held -> held.node().id().equals(self))
        .mapToLong(held -> held.holding().epoch())
        .max()
        .orElse(0);
  }

  private static boolean isPublication(Holding holding) {
    return holding.state() != Holding.State.ENDED;
  }

  private static Known known(Held held) {
    Holding holding = held.holding();
    boolean live = holding.state() == Holding.State.LIVE;
    return new Known(
        new Owner(holding.owner(), holding.epoch(), live, held.node().name()),
        held.node().id(),
        false,
        0);
  }

  private Known gone(Known was) {
    Owner away = new Owner(was.owner.credential(), was.owner.epoch(), false, was.owner.node());
    return new Known(away, was.nodeId, true, nanoTime.getAsLong());
  }

  private boolean isOver(Known which) {
    return which.gone && nanoTime.getAsLong() - which.goneNanos > reconnectWindow.get().toNanos();
  }
}
