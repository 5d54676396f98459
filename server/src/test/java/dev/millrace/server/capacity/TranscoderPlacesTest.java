package dev.millrace.server.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeAddresses;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.NodeSettings;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.worker.WorkerPlace;
import dev.millrace.transcoder.worker.WorkerSlots;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which nodes are asked for a worker, and in which order. */
class TranscoderPlacesTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");

  private final List<NodeInfo> nodes = new ArrayList<>();
  private final WorkerSlots slots = new WorkerSlots(1);
  private long now = 1;
  private final TranscoderPlaces places =
      new TranscoderPlaces(
          () -> new View(nodes), Placement.STANDARD, Optional.of(slots), () -> now);

  /** The first one is this node. */
  private record View(List<NodeInfo> nodes) implements ClusterView {
    @Override
    public long version() {
      return 1;
    }

    @Override
    public NodeInfo self() {
      return nodes.getFirst();
    }

    @Override
    public String coordinatorId() {
      return self().id();
    }

    @Override
    public Optional<NodeInfo> node(String id) {
      return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    @Override
    public Set<StreamPath> streams() {
      return Set.of();
    }

    @Override
    public List<Held> holders(StreamPath path) {
      return List.of();
    }

    @Override
    public List<Holding> holdings(String nodeId) {
      return List.of();
    }

    @Override
    public NodeSettings settings(String nodeId) {
      return NodeSettings.NONE;
    }
  }

  private void node(String name, NodeRole role, double freeCores) {
    node(name, role, freeCores, 0, false);
  }

  private void node(String name, NodeRole role, double freeCores, int workers, boolean draining) {
    nodes.add(
        new NodeInfo(
            "id-" + name,
            name,
            Set.of(role),
            "1",
            1,
            new NodeAddresses(
                URI.create("https://" + name + ":7000"), Optional.empty(), Optional.empty()),
            new NodeLoad(8, 8 - freeCores, 0, 0, 0, workers, 4),
            draining,
            Instant.EPOCH));
  }

  private List<String> names() {
    return places.of(PATH).stream().map(WorkerPlace::node).toList();
  }

  @Test
  void ownNodeIsFirstWhileItHasRoom() {
    node("here", NodeRole.TRANSCODER, 7.5);
    node("idle", NodeRole.TRANSCODER, 8);
    assertThat(places.of(PATH))
        .containsExactly(
            new WorkerPlace("here", Optional.empty()),
            new WorkerPlace("idle", Optional.of(URI.create("https://idle:7000"))));

    assertThat(slots.take()).isTrue();
    assertThat(names()).as("its own slots, not what it said of them").containsExactly("idle");
  }

  @Test
  void nodeWithMostFreeProcessorsIsFirst() {
    node("here", NodeRole.INGEST, 8);
    node("a", NodeRole.TRANSCODER, 2);
    node("b", NodeRole.TRANSCODER, 6);
    node("full", NodeRole.TRANSCODER, 7, 4, false);
    node("draining", NodeRole.TRANSCODER, 8, 0, true);
    node("edge", NodeRole.EDGE, 8);

    assertThat(names()).containsExactly("b", "a");
  }

  @Test
  void workersThatAreNotMeasuredYetCount() {
    node("here", NodeRole.INGEST, 8);
    node("a", NodeRole.TRANSCODER, 4);
    node("b", NodeRole.TRANSCODER, 6);
    Map<String, Integer> placed = new HashMap<>();
    for (int i = 0; i < 6; i++) {
      WorkerPlace place = places.of(StreamPath.parse("live/s" + i)).getFirst();
      places.started(place);
      placed.merge(place.node(), 1, Integer::sum);
    }
    assertThat(placed).hasSize(2);
    assertThat(placed.get("b")).isBetween(3, 5);

    now += Duration.ofSeconds(7).toNanos();
    assertThat(names()).as("by then they are measured").containsExactly("b", "a");
  }

  @Test
  void reasonsForNone() {
    node("here", NodeRole.INGEST, 8);
    assertThat(names()).isEmpty();
    assertThat(places.whyNone()).isEqualTo("no node of the cluster has the role transcoder");
    node("a", NodeRole.TRANSCODER, 8, 0, true);
    assertThat(names()).isEmpty();
    assertThat(places.whyNone()).isEqualTo("all transcoder nodes of the cluster drain");
    node("b", NodeRole.TRANSCODER, 8, 4, false);
    assertThat(names()).isEmpty();
    assertThat(places.whyNone())
        .isEqualTo("all workers of the 1 transcoder nodes are taken (transcode.max-workers)");
  }
}
