package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which node a worker comes to, and which ones are spared after they failed. */
class PlacedWorkersTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final URI SERVER = URI.create("http://127.0.0.1:1");

  private final List<String> tried = new ArrayList<>();
  private final List<String> started = new ArrayList<>();
  private final List<WorkerEvent> events = new ArrayList<>();
  private final Map<String, IOException> faults = new HashMap<>();
  private List<WorkerPlace> places = places("a", "b", "c");
  private long now = 1;
  private final PlacedWorkers workers =
      new PlacedWorkers(
          new WorkerPlaces() {
            @Override
            public List<WorkerPlace> of(StreamPath path) {
              return places;
            }

            @Override
            public String whyNone() {
              return "no node has the role transcoder";
            }

            @Override
            public void started(WorkerPlace place) {
              started.add(place.node());
            }
          },
          this::at,
          () -> now);

  /** In this order; {@code here} is this node. */
  private static List<WorkerPlace> places(String... names) {
    return Arrays.stream(names)
        .map(
            name ->
                new WorkerPlace(name, name.equals("here") ? Optional.empty() : Optional.of(SERVER)))
        .toList();
  }

  private WorkerLauncher at(WorkerPlace place) {
    return (job, changed, log) -> {
      tried.add(place.node());
      if (faults.containsKey(place.node())) {
        throw faults.get(place.node());
      }
      return new FakeWorker(place.node(), changed);
    };
  }

  private static final class FakeWorker implements Worker {
    private final String node;
    private final Runnable changed;
    private Optional<String> lost = Optional.empty();
    private boolean mustMove;

    FakeWorker(String node, Runnable changed) {
      this.node = node;
      this.changed = changed;
    }

    void lose() {
      lost = Optional.of("the node is gone");
      changed.run();
    }

    void move() {
      mustMove = true;
      changed.run();
    }

    @Override
    public String node() {
      return node;
    }

    @Override
    public Optional<String> lost() {
      return lost;
    }

    @Override
    public boolean mustMove() {
      return mustMove;
    }

    @Override
    public boolean isAlive() {
      return lost.isEmpty();
    }

    @Override
    public int exitStatus() {
      return 0;
    }

    @Override
    public Optional<WorkerStatus> status() {
      return Optional.empty();
    }

    @Override
    public long statusNanos() {
      return 0;
    }

    @Override
    public long residentBytes() {
      return 0;
    }

    @Override
    public long cpuNanos() {
      return -1;
    }

    @Override
    public long pid() {
      return 1;
    }

    @Override
    public void kill() {}
  }

  private FakeWorker start() throws IOException {
    tried.clear();
    WorkerJob job =
        new WorkerJob(
            SERVER,
            SERVER,
            "token",
            TrustedAuthority.NONE,
            1,
            PATH,
            EncoderPreference.AUTO,
            "veryfast",
            0,
            Duration.ZERO,
            160,
            Duration.ofSeconds(1),
            true);
    return (FakeWorker) workers.start(job, () -> {}, events::add);
  }

  @Test
  void firstPlaceThatTakesItHasIt() throws IOException {
    faults.put("a", new IOException("connection refused"));
    faults.put("b", new NoPlaceException("all 2 workers of this node are taken"));

    assertThat(start().node()).isEqualTo("c");
    assertThat(tried).containsExactly("a", "b", "c");
    assertThat(started).containsExactly("c");
    assertThat(events).extracting(WorkerEvent::text).containsExactly("it runs on node c");
  }

  @Test
  void nothingIsSaidOfThisNode() throws IOException {
    places = places("here");

    assertThat(start().node()).isEqualTo("here");
    assertThat(events).isEmpty();
  }

  @Test
  void nodeThatDiedComesLastForAWhile() throws IOException {
    FakeWorker worker = start();
    assertThat(worker.node()).isEqualTo("a");
    worker.lose();

    assertThat(start().node()).isEqualTo("b");
    places = places("a");
    assertThat(start().node()).as("better than none").isEqualTo("a");
    places = places("a", "b");
    now += PlacedWorkers.AVOIDED.toNanos();
    assertThat(start().node()).isEqualTo("a");
  }

  @Test
  void nodeThatDrainsComesLast() throws IOException {
    start().move();

    assertThat(start().node()).isEqualTo("b");
  }

  @Test
  void nodeThatWasFullIsAskedAgainSoon() throws IOException {
    faults.put("a", new NoPlaceException("full"));
    assertThat(start().node()).isEqualTo("b");
    faults.clear();
    assertThat(start().node()).isEqualTo("b");
    now += PlacedWorkers.FULL.toNanos();

    assertThat(start().node()).isEqualTo("a");
  }

  @Test
  void unreachableNodesAreNoFailureOfTheStream() {
    for (String node : List.of("a", "b", "c")) {
      faults.put(node, new IOException("refused"));
    }

    assertThatThrownBy(this::start)
        .isInstanceOf(NoPlaceException.class)
        .hasMessage("a: refused; b: refused; c: refused");
  }

  @Test
  void faultOfThisNodeIsOne() {
    places = places("here", "a");
    faults.put("here", new IOException("no such program"));
    faults.put("a", new NoPlaceException("full"));

    assertThatThrownBy(this::start).hasMessage("no such program");
    assertThat(tried).containsExactly("here", "a");
  }

  @Test
  void whereThereIsNoNodeThatIsTheReason() {
    places = List.of();

    assertThat(workers.obstacle(PATH)).contains("no node has the role transcoder");
    assertThatThrownBy(this::start)
        .isInstanceOf(NoPlaceException.class)
        .hasMessage("no node has the role transcoder");
  }
}
