package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.worker.WorkerEvent.Level;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Workers on whichever node suits best: places are tried in their order, those that have just
 * failed come last. Any thread.
 */
public final class PlacedWorkers implements WorkerLauncher {
  /** A node that died is in the view of the cluster for some seconds yet. */
  static final Duration AVOIDED = Duration.ofSeconds(10);

  /** What a node says of its load is older than that of others that it is full. */
  static final Duration FULL = Duration.ofSeconds(2);

  private final WorkerPlaces places;
  private final Function<WorkerPlace, WorkerLauncher> launchers;
  private final LongSupplier nanoTime;

  /** Names of nodes, and until when they come last. */
  private final Map<String, Long> avoidedUntil = new ConcurrentHashMap<>();

  /**
   * @param launchers starts workers at a place; what they throw leads on to the next place
   */
  public PlacedWorkers(
      WorkerPlaces places, Function<WorkerPlace, WorkerLauncher> launchers, LongSupplier nanoTime) {
    this.places = places;
    this.launchers = launchers;
    this.nanoTime = nanoTime;
  }

  @Override
  public Optional<String> obstacle(StreamPath path) {
    return places.of(path).isEmpty() ? Optional.of(places.whyNone()) : Optional.empty();
  }

  /**
   * Starts one at the first place that takes it.
   *
   * @throws NoPlaceException if none does, and none of them is this node with a fault of its own
   */
  @Override
  public Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException {
    List<String> refusals = new ArrayList<>();
    IOException fault = null;
    for (WorkerPlace place : inOrder(job.path())) {
      try {
        Worker worker = startAt(place, job, changed, events);
        if (!place.isHere()) {
          events.accept(new WorkerEvent(Level.INFO, "it runs on node " + place.node()));
        }
        places.started(place);
        return worker;
      } catch (NoPlaceException e) {
        avoid(place, FULL);
        refusals.add(place.node() + ": " + e.getMessage());
      } catch (IOException e) {
        avoid(place, AVOIDED);
        refusals.add(place.node() + ": " + e.getMessage());
        fault = place.isHere() ? e : fault;
      }
    }
    if (fault != null) {
      throw fault;
    }
    throw new NoPlaceException(refusals.isEmpty() ? places.whyNone() : String.join("; ", refusals));
  }

  private Worker startAt(WorkerPlace place, WorkerJob job, Runnable changed, WorkerEvents events)
      throws IOException {
    Watched watched = new Watched(place, changed);
    Worker worker = launchers.apply(place).start(job, watched::look, events);
    watched.worker = Optional.of(worker);
    watched.remember();
    return worker;
  }

  private List<WorkerPlace> inOrder(StreamPath path) {
    long now = nanoTime.getAsLong();
    avoidedUntil.values().removeIf(until -> until - now <= 0);
    List<WorkerPlace> ordered = new ArrayList<>(places.of(path));
    ordered.sort(Comparator.comparing(place -> avoidedUntil.containsKey(place.node())));
    return ordered;
  }

  private void avoid(WorkerPlace place, Duration time) {
    avoidedUntil.put(place.node(), nanoTime.getAsLong() + time.toNanos());
  }

  /** The node of a worker that is lost, or has to move, is not where the next one should go. */
  private final class Watched {
    private final WorkerPlace place;
    private final Runnable changed;
    private volatile Optional<Worker> worker = Optional.empty();

    Watched(WorkerPlace place, Runnable changed) {
      this.place = place;
      this.changed = changed;
    }

    void look() {
      remember();
      changed.run();
    }

    void remember() {
      if (worker.isPresent() && (worker.get().lost().isPresent() || worker.get().mustMove())) {
        avoid(place, AVOIDED);
      }
    }
  }
}
