package dev.millrace.cluster;

import dev.millrace.cluster.Holding.Kind;
import dev.millrace.cluster.Holding.State;
import dev.millrace.cluster.placement.Copies;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.testkit.SimulatedTime;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Origins and ingests with the real membership, directory, placement and message codec, edges that
 * tell their load in real messages, and publishers. See {@link ClusterSimulationMain}.
 */
final class ClusterSimulation {
  /** Bytes of a stream's window, half a minute of a ladder of 8 Mbit/s. */
  private static final double WINDOW_BYTES = 30e6;

  /** What a node takes in while it fills copies; 8 Gbit/s. */
  private static final double FILL_BYTES_PER_SECOND = 1e9;

  private static final double FILL_START_SECONDS = 0.2;
  private static final double RECONNECT_SECONDS = 2;
  private static final double LOOK_SECONDS = 0.5;

  private final class Core {
    final NodeInfo info;
    final GroupMembership membership;
    final SimulatedGroup.Member channel;
    final Copies copies = new Copies();
    final Map<StreamPath, State> has = new HashMap<>();
    final Set<StreamPath> published = new HashSet<>();
    double fillFree;
    ClusterView seen;
    boolean alive = true;

    Core(String id) {
      info = node(id, Set.of(NodeRole.INGEST, NodeRole.ORIGIN));
      membership =
          new GroupMembership(
              info, time::nanos, time::schedule, task -> time.after(LOOK_SECONDS, task));
      channel = group.join(id + "/" + lives++);
      seen = membership.view();
      membership.onChange(view -> lookIfStreamsChanged());
      membership.connect(channel);
      tick();
    }

    void tick() {
      if (alive) {
        look();
        time.after(2, this::tick);
      }
    }

    /** Most views differ in a load only. */
    private void lookIfStreamsChanged() {
      if (membership.view() instanceof Snapshot view && !view.hasStreamsOf(seen)) {
        look();
      }
    }

    /** What the server does at a new view and every second or two. */
    void look() {
      ClusterView view = membership.view();
      seen = view;
      Set<StreamPath> keep = copies.toKeep(view, Placement.STANDARD, time.nanos());
      for (StreamPath path : keep) {
        if (alive && has.putIfAbsent(path, State.FILLING) == null) {
          fills++;
          membership.hold(copy(path, State.FILLING));
          fillFree = Math.max(fillFree, time.seconds()) + WINDOW_BYTES / FILL_BYTES_PER_SECOND;
          time.after(
              fillFree - time.seconds() + FILL_START_SECONDS,
              () -> {
                if (alive && has.replace(path, State.FILLING, State.LIVE)) {
                  membership.hold(copy(path, State.LIVE));
                }
              });
        }
      }
      for (StreamPath path : List.copyOf(has.keySet())) {
        if (!keep.contains(path) && alive) {
          has.remove(path);
          drops++;
          membership.release(path, Kind.ORIGIN);
        }
      }
    }

    private Holding copy(StreamPath path, State state) {
      return new Holding(path, Kind.ORIGIN, state, 1, "");
    }
  }

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedGroup group = new SimulatedGroup(time);
  private final Random random;
  private final Map<String, Core> cores = new HashMap<>();
  private final List<StreamPath> streams = new ArrayList<>();
  private final Map<StreamPath, Core> ingests = new HashMap<>();
  private final Map<StreamPath, Double> publishedAt = new HashMap<>();
  private long lives;
  private long fills;
  private long drops;
  private double gapSeconds;
  private double withoutSeconds;
  private double longestGap;
  private final Map<StreamPath, Double> gapSince = new HashMap<>();

  ClusterSimulation(long seed, int coreCount, int edgeCount, int streamCount) {
    random = new Random(seed);
    for (int i = 0; i < coreCount; i++) {
      String id = "core-%03d".formatted(i);
      cores.put(id, new Core(id));
    }
    time.runFor(3);
    for (int i = 0; i < edgeCount; i++) {
      edge("edge-%04d".formatted(i));
    }
    for (int i = 0; i < streamCount; i++) {
      StreamPath path = new StreamPath("live", "channel-%05d".formatted(i));
      streams.add(path);
      publish(path);
    }
  }

  /** A listener that tells its load every four seconds or so, as one with some viewers does. */
  private void edge(String id) {
    SimulatedGroup.Member channel = group.join(id + "/" + lives++);
    Directory directory = new Directory(node(id, Set.of(NodeRole.EDGE)));
    time.after(0.3, () -> MessageWriter.section(directory.own()).forEach(channel::broadcast));
    channel.greet(
        newcomer ->
            MessageWriter.section(directory.own()).forEach(piece -> channel.send(newcomer, piece)));
    tell(channel, directory);
  }

  private void tell(SimulatedGroup.Member channel, Directory directory) {
    time.after(
        2 + 4 * random.nextDouble(),
        () -> {
          int viewers = random.nextInt(2000);
          directory.info(
              directory
                  .own()
                  .info()
                  .withLoad(
                      new NodeLoad(8, viewers / 400.0, viewers * 600_000L, 0, viewers, 0, 0)));
          Section own = directory.own();
          for (Bytes message :
              MessageWriter.changes(own.version(), own.info(), null, List.of(), List.of())) {
            channel.broadcast(message);
          }
          directory.ownVersion(own.version().next());
          tell(channel, directory);
        });
  }

  private void publish(StreamPath path) {
    List<Core> able = cores.values().stream().filter(core -> core.alive).toList();
    Core ingest = able.get(random.nextInt(able.size()));
    ingest.published.add(path);
    ingests.put(path, ingest);
    publishedAt.putIfAbsent(path, time.seconds());
    ingest.membership.hold(new Holding(path, Kind.INGEST, State.LIVE, 1 + lives, "key"));
  }

  void crash() {
    List<Core> able = cores.values().stream().filter(core -> core.alive).toList();
    Core gone = able.get(random.nextInt(able.size()));
    gone.alive = false;
    gone.membership.close();
    gone.channel.close();
    List<StreamPath> lost = List.copyOf(gone.published);
    time.after(RECONNECT_SECONDS, () -> lost.forEach(this::publish));
    time.after(20, () -> cores.put(gone.info.id(), new Core(gone.info.id())));
  }

  void join() {
    String id = "core-%03d".formatted(cores.size());
    cores.put(id, new Core(id));
  }

  void drain() {
    List<Core> able = cores.values().stream().filter(core -> core.alive).toList();
    able.get(random.nextInt(able.size())).membership.draining(true);
  }

  void edgesComeAndGo(int count) {
    for (int i = 0; i < count; i++) {
      edge("extra-" + lives);
    }
  }

  /** Lets time pass and looks at the truth every tenth of a second. */
  void pass(double seconds) {
    for (int i = 0; i < Math.round(seconds * 10); i++) {
      time.runFor(0.1);
      look();
    }
  }

  private void look() {
    Map<StreamPath, Integer> complete = new HashMap<>(2 * streams.size());
    for (Core core : cores.values()) {
      if (core.alive) {
        core.has.forEach(
            (path, state) -> {
              if (state == State.LIVE) {
                complete.merge(path, 1, Integer::sum);
              }
            });
        // An ingest's own log is a complete copy, too, as long as it lives.
        core.published.forEach(path -> complete.merge(path, 1, Integer::sum));
      }
    }
    for (StreamPath path : streams) {
      int copies = complete.getOrDefault(path, 0);
      if (copies < 2) {
        gapSeconds += 0.1;
        double since = gapSince.computeIfAbsent(path, any -> time.seconds());
        longestGap = Math.max(longestGap, time.seconds() - since);
      } else {
        gapSince.remove(path);
      }
      withoutSeconds += copies == 0 ? 0.1 : 0;
    }
  }

  /** Since the last report. */
  record Report(
      long fills,
      long drops,
      double gapSeconds,
      double longestGap,
      double withoutSeconds,
      long messages,
      long bytes,
      int nodes,
      long asked) {}

  private long lastFills;
  private long lastDrops;
  private long lastMessages;
  private long lastBytes;

  Report report() {
    Report report =
        new Report(
            fills - lastFills,
            drops - lastDrops,
            gapSeconds,
            longestGap,
            withoutSeconds,
            group.delivered() - lastMessages,
            group.deliveredBytes() - lastBytes,
            group.size(),
            cores.values().stream().mapToLong(core -> core.membership.traffic().asked()).sum());
    lastFills = fills;
    lastDrops = drops;
    lastMessages = group.delivered();
    lastBytes = group.deliveredBytes();
    gapSeconds = 0;
    longestGap = 0;
    withoutSeconds = 0;
    return report;
  }

  /** Whether every living origin's view is the truth. */
  boolean agrees() {
    return cores.values().stream()
        .filter(core -> core.alive)
        .allMatch(
            core ->
                core.membership.view().streams().size() == streams.size()
                    && core.membership.view().nodes().size() == group.size());
  }

  private static NodeInfo node(String id, Set<NodeRole> roles) {
    return new NodeInfo(
        id,
        "node-" + id,
        roles,
        "1.0.0",
        1,
        new NodeAddresses(
            URI.create("https://10.0.0.1:7443"),
            Optional.of(URI.create("https://" + id + ".example.net")),
            Optional.empty()),
        NodeLoad.UNKNOWN,
        false,
        Instant.ofEpochMilli(1_764_000_000_000L));
  }
}
