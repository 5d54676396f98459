package dev.millrace.server.capacity;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.NodeSettings;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.worker.WorkerPlace;
import dev.millrace.transcoder.worker.WorkerPlaces;
import dev.millrace.transcoder.worker.WorkerSlots;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Which node encodes a stream: {@link Placement} decides by what the nodes say of their load, to
 * which is added here what this node has just placed on them. Any thread.
 */
public final class TranscoderPlaces implements WorkerPlaces {
  /** What a worker takes, until the measurement shows it. */
  private static final double CORES_OF_A_WORKER = 1;

  /** Until a worker that was started is seen in full in what its node says of its load. */
  private static final Duration UNSEEN = Duration.ofSeconds(7);

  private final Supplier<ClusterView> cluster;
  private final Placement placement;
  private final Optional<WorkerSlots> own;
  private final LongSupplier nanoTime;

  /** When workers were started from here, by the name of the node. */
  private final Map<String, ConcurrentLinkedDeque<Long>> starts = new ConcurrentHashMap<>();

  /**
   * @param own of this node; empty where it has no workers
   */
  public TranscoderPlaces(
      Supplier<ClusterView> cluster,
      Placement placement,
      Optional<WorkerSlots> own,
      LongSupplier nanoTime) {
    this.cluster = cluster;
    this.placement = placement;
    this.own = own;
    this.nanoTime = nanoTime;
  }

  @Override
  public List<WorkerPlace> of(StreamPath path) {
    ClusterView view = cluster.get();
    String self = view.self().id();
    List<NodeInfo> nodes = view.nodes().stream().map(node -> present(node, self)).toList();
    return placement.transcoders(path, new Present(view, nodes)).stream()
        .map(
            node ->
                new WorkerPlace(
                    node.name(),
                    node.id().equals(self)
                        ? Optional.empty()
                        : Optional.of(node.addresses().internal())))
        .toList();
  }

  /** The node as it must be by now. */
  private NodeInfo present(NodeInfo node, String self) {
    NodeLoad said = node.load();
    int workers = said.workers();
    int most = said.maxWorkers();
    if (node.id().equals(self)) {
      workers = own.map(WorkerSlots::taken).orElse(0);
      most = own.map(WorkerSlots::count).orElse(0);
    }
    return new NodeInfo(
        node.id(),
        node.name(),
        node.roles(),
        node.version(),
        node.protocol(),
        node.addresses(),
        new NodeLoad(
            said.cores(),
            said.busyCores() + unseenCores(node.name()),
            said.bytesOutPerSecond(),
            said.maxBytesOutPerSecond(),
            said.viewers(),
            workers,
            most),
        node.draining(),
        node.startedAt());
  }

  /** Of workers started from here so lately that their node's average lacks them in part. */
  private double unseenCores(String node) {
    ConcurrentLinkedDeque<Long> of = starts.get(node);
    if (of == null) {
      return 0;
    }
    long now = nanoTime.getAsLong();
    of.removeIf(at -> now - at >= UNSEEN.toNanos());
    return of.stream()
        .mapToDouble(at -> CORES_OF_A_WORKER * (1 - (double) (now - at) / UNSEEN.toNanos()))
        .sum();
  }

  @Override
  public void started(WorkerPlace place) {
    starts
        .computeIfAbsent(place.node(), name -> new ConcurrentLinkedDeque<>())
        .add(nanoTime.getAsLong());
  }

  @Override
  public String whyNone() {
    List<NodeInfo> transcoders =
        cluster.get().nodes().stream()
            .filter(node -> node.roles().contains(NodeRole.TRANSCODER))
            .toList();
    if (transcoders.isEmpty()) {
      return "no node of the cluster has the role transcoder";
    }
    long taking = transcoders.stream().filter(node -> !node.draining()).count();
    return taking == 0
        ? "all transcoder nodes of the cluster drain"
        : "all workers of the " + taking + " transcoder nodes are taken (transcode.max-workers)";
  }

  /** A view with other nodes. */
  private record Present(ClusterView view, List<NodeInfo> nodes) implements ClusterView {
    @Override
    public long version() {
      return view.version();
    }

    @Override
    public NodeInfo self() {
      return view.self();
    }

    @Override
    public String coordinatorId() {
      return view.coordinatorId();
    }

    @Override
    public Optional<NodeInfo> node(String id) {
      return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    @Override
    public Set<StreamPath> streams() {
      return view.streams();
    }

    @Override
    public List<Held> holders(StreamPath path) {
      return view.holders(path);
    }

    @Override
    public List<Holding> holdings(String nodeId) {
      return view.holdings(nodeId);
    }

    @Override
    public NodeSettings settings(String nodeId) {
      return view.settings(nodeId);
    }
  }
}
