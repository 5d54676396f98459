package dev.millrace.cluster.channel;

import dev.millrace.cluster.GroupMembership;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeAddresses;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.Traffic;
import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.StreamPath;
import java.net.InetAddress;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jgroups.protocols.MsgStats;
import org.jgroups.protocols.TP;

/**
 * How much control traffic a node has, against nodes and streams: real members in one JVM, over
 * JGroups with TLS on loopback, once with nothing to say but that they are there, once with loads
 * that change and streams that come and go. What depends on it: how many nodes one group may have
 * ({@code docs/scale.md}). Arguments: members, streams, seconds of each phase.
 */
public final class ControlTrafficMain {
  private static final int FIRST_PORT = 17_800;

  private record Node(GroupMembership membership, JGroupsChannel channel) {
    TP transport() {
      return channel.channel().getProtocolStack().getTransport();
    }
  }

  /** Sums over all nodes. */
  private record Sums(long told, long toldBytes, long packets, long wireBytes, long cpu) {
    static Sums of(List<Node> nodes) {
      long told = 0;
      long toldBytes = 0;
      long packets = 0;
      long wireBytes = 0;
      for (Node node : nodes) {
        Traffic traffic = node.membership.traffic();
        told += traffic.sent();
        toldBytes += traffic.sentBytes();
        MsgStats stats = node.transport().getMessageStats();
        packets += stats.getNumMsgsSent();
        wireBytes += stats.getNumBytesSent();
      }
      return new Sums(told, toldBytes, packets, wireBytes, processor());
    }

    private static long processor() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
  }

  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final List<Node> nodes = new ArrayList<>();

  private ControlTrafficMain() {}

  public static void main(String[] args) throws Exception {
    int members = Integer.parseInt(args[0]);
    int streams = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    new ControlTrafficMain().run(members, streams, seconds);
  }

  private void run(int members, int streams, int seconds) throws Exception {
    ClusterKeys keys = ClusterSecret.generate().keys("traffic");
    long begin = System.nanoTime();
    for (int i = 0; i < members; i++) {
      nodes.add(start(i, keys));
    }
    await(() -> nodes.stream().allMatch(node -> node.membership.view().nodes().size() == members));
    System.out.printf("%d members joined in %.1f s%n", members, (System.nanoTime() - begin) / 1e9);
    begin = System.nanoTime();
    for (int i = 0; i < streams; i++) {
      publish(i, 1, Holding.State.LIVE);
    }
    await(
        () -> nodes.stream().allMatch(node -> node.membership.view().streams().size() == streams));
    System.out.printf("%d streams known everywhere after %.2f s%n", streams, seconds(begin));
    phase("quiet", seconds, second -> {});
    phase("busy", seconds, second -> busy(second, streams));
    begin = System.nanoTime();
    nodes.add(start(members, keys));
    GroupMembership newcomer = nodes.getLast().membership;
    await(() -> newcomer.view().streams().size() == streams);
    await(() -> newcomer.view().nodes().size() == members + 1);
    System.out.printf("a newcomer joined and knew all after %.2f s%n", seconds(begin));
    nodes.forEach(node -> node.membership.close());
    timer.shutdownNow();
    System.exit(0);
  }

  /** A load from each node every second, and two streams that a publisher leaves and is back. */
  private void busy(int second, int streams) {
    for (int i = 0; i < nodes.size(); i++) {
      nodes
          .get(i)
          .membership
          .load(new NodeLoad(8, second % 8, 1_000_000L * second, 0, 10 * second, i % 4, 4));
    }
    for (int i = 0; i < 2; i++) {
      int stream = (2 * second + i) % streams;
      publish(stream, second, second % 2 == 0 ? Holding.State.LIVE : Holding.State.AWAY);
    }
  }

  /** One holding as ingest, and two copies elsewhere. */
  private void publish(int stream, long epoch, Holding.State state) {
    StreamPath path = new StreamPath("live", "channel-%05d".formatted(stream));
    for (int part = 0; part < 3; part++) {
      Holding.Kind kind = part == 0 ? Holding.Kind.INGEST : Holding.Kind.ORIGIN;
      nodes
          .get((stream + part) % nodes.size())
          .membership
          .hold(new Holding(path, kind, state, epoch, part == 0 ? "key-" + stream : ""));
    }
  }

  private void phase(String name, int seconds, IntConsumer each) {
    Sums before = Sums.of(nodes);
    long begin = System.nanoTime();
    for (int second = 1; second <= seconds; second++) {
      each.accept(second);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }
    Sums after = Sums.of(nodes);
    double per = seconds(begin) * nodes.size();
    System.out.printf(
        "%s, a node and second: %.1f messages and %.0f bytes said, %.1f packets and %.0f bytes sent"
            + " by JGroups, %.2f ms of processor%n",
        name,
        (after.told - before.told) / per,
        (after.toldBytes - before.toldBytes) / per,
        (after.packets - before.packets) / per,
        (after.wireBytes - before.wireBytes) / per,
        (after.cpu - before.cpu) / 1e6 / per);
  }

  private Node start(int number, ClusterKeys keys) throws Exception {
    String id = "%010x".formatted(number);
    String name = "node-" + number;
    InstantSource clock = InstantSource.system();
    ChannelConfig config =
        new ChannelConfig(
            "traffic",
            InetAddress.ofLiteral("127.0.0.1"),
            FIRST_PORT + number,
            0,
            List.of(new Discovery.Seeds(List.of("127.0.0.1:" + FIRST_PORT))),
            Optional.empty(),
            ChannelConfig.DEFAULT_JOIN_TIMEOUT);
    NodeCertificate certificate =
        NodeCertificate.issue(keys.authority(), name, List.of("127.0.0.1"), clock.instant());
    NodeInfo info =
        new NodeInfo(
            id,
            name,
            Set.of(NodeRole.INGEST, NodeRole.ORIGIN, NodeRole.EDGE),
            "1.0.0",
            1,
            new NodeAddresses(
                URI.create("https://127.0.0.1:" + (18_800 + number)),
                Optional.of(URI.create("http://127.0.0.1:" + (19_800 + number))),
                Optional.of(URI.create("rtmp://127.0.0.1:" + (20_800 + number)))),
            NodeLoad.UNKNOWN,
            false,
            Instant.now());
    GroupMembership membership =
        new GroupMembership(
            info,
            System::nanoTime,
            (task, nanos) -> timer.schedule(task, nanos, TimeUnit.NANOSECONDS),
            timer);
    JGroupsChannel channel =
        JGroupsChannel.join(config, keys, certificate, new Admission(id, name, 1), clock);
    channel.channel().getProtocolStack().getTransport().getMessageStats().enable(true);
    membership.connect(channel);
    return new Node(membership, channel);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException("still not so after five minutes");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
