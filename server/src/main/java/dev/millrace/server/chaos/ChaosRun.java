package dev.millrace.server.chaos;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.media.StreamPath;
import dev.millrace.server.bench.SyntheticSource;
import dev.millrace.server.hosts.Half;
import dev.millrace.server.hosts.VirtualHosts;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A cluster of real nodes that is hit again and again while streams are published and played, and
 * the judgement of what the players received. One thread, but {@link #close}, which ends all
 * processes.
 */
public final class ChaosRun implements AutoCloseable {
  private static final List<String> RENDITIONS = List.of("video", "audio");
  private static final Duration LAST_PARTS = Duration.ofSeconds(20);
  private static final Duration LAST_LOGS = Duration.ofSeconds(10);
  private static final int MORE_PARTS = 10;

  private final ChaosSettings settings;
  private final Optional<String> obstacle = VirtualHosts.obstacle();
  private final ChaosCluster cluster;
  private final EventLoops loops = new EventLoops(1, "chaos");
  private final PartLedger ledger = new PartLedger();
  private final LogRecorder recorder;
  private final Map<String, String> received = new ConcurrentHashMap<>();
  private final List<String> streams;
  private final List<ChaosPublisher> publishers = new CopyOnWriteArrayList<>();
  private final List<Player> players = new CopyOnWriteArrayList<>();
  private final long startNanos = System.nanoTime();
  private final ChaosReport report;
  private int leftOut;

  /**
   * Makes the network; nothing runs yet.
   *
   * @param out takes the lines that tell what happens
   */
  public ChaosRun(ChaosSettings settings, Consumer<String> out) {
    this.settings = settings;
    this.report = new ChaosReport(out, () -> millisSince(startNanos));
    this.cluster =
        new ChaosCluster(
            "chaos-" + settings.seed(),
            obstacle.isEmpty() ? Optional.of(VirtualHosts.create()) : Optional.empty());
    this.recorder = new LogRecorder(ledger, cluster.keys());
    this.streams =
        IntStream.rangeClosed(1, settings.streams()).mapToObj(each -> "chaos-" + each).toList();
  }

  /**
   * Does it all. Ends early at the first thing that must not be.
   *
   * @return whether nothing was found that must not be
   * @throws IOException if the cluster does not start
   */
  public boolean run() throws IOException, InterruptedException {
    obstacle.ifPresent(
        why -> {
          report.tell("NO CUTS: the network cannot be cut on this machine: " + why);
          report.tell("NO CUTS: all nodes are on loopback, and cuts are left out");
        });
    ChaosPlan plan =
        new ChaosPlan(
            settings.seed(),
            settings.nodes(),
            new ChaosPlan.Limits(settings.rest(), settings.stop()));
    cluster.start(settings.nodes(), settings.folder());
    report.tell(settings.nodes() + " nodes are there, " + settings.folder());
    publish();
    play();
    long end = System.nanoTime() + settings.length().toNanos();
    for (int i = 0; i < settings.actions() && System.nanoTime() < end; i++) {
      ChaosAction action = plan.next();
      TimeUnit.NANOSECONDS.sleep(action.rest().toNanos());
      hit(action);
      players.forEach(player -> player.faults().forEach(report::violated));
      if (report.isViolated()) {
        break;
      }
    }
    return judge();
  }

  private void publish() throws IOException, InterruptedException {
    for (int i = 0; i < streams.size(); i++) {
      String name = streams.get(i);
      List<URI> addresses =
          rotated(cluster.having("ingest"), i).stream().map(each -> each.rtmp(name)).toList();
      publishers.add(
          new ChaosPublisher(loops, addresses, new SyntheticSource(settings.seed() + i)));
      for (ChaosNode node : cluster.nodes()) {
        if (node.has("ingest") || node.has("origin")) {
          recorder.record(node.name(), node.internal(), new StreamPath("live", name));
        }
      }
    }
    for (String name : streams) {
      if (!cluster.awaitPlayable(name)) {
        throw new IOException("live/" + name + " does not get playable on every edge");
      }
    }
    String missing = cluster.awaitWhole(streams);
    if (!missing.isEmpty()) {
      throw new IOException(missing);
    }
  }

  /**
   * Players by turns in one half and in the other, for a network that is cut has no viewers between
   * the halves. Of four the first two have all edges of their half, and the others, as players
   * without content steering, only one.
   */
  private void play() {
    for (int i = 0; i < settings.players(); i++) {
      int pair = i / 2;
      String name = streams.get(pair % streams.size());
      List<ChaosNode> edges = rotated(cluster.edges(i % 2 == 0 ? Half.A : Half.B), pair);
      List<ChaosNode> own = pair % 2 == 0 ? edges : edges.subList(0, 1);
      Player player =
          new Player(
              own.stream().map(each -> each.http("/hls/live/" + name + "/")).toList(),
              "live/" + name,
              RENDITIONS,
              received);
      players.add(player);
      report.watch(
          "player %d, live/%s at %s"
              .formatted(
                  i + 1, name, String.join(", ", own.stream().map(ChaosNode::name).toList())),
          player);
    }
    report.tell(streams.size() + " streams are published, " + players.size() + " players play");
  }

  private void hit(ChaosAction action) throws InterruptedException {
    ChaosNode node = cluster.nodes().get(action.node());
    String what = action.told(node.name());
    if (!cluster.can(action)) {
      leftOut++;
      report.tell("left out: " + what);
      return;
    }
    report.begins(what);
    try {
      cluster.hit(action, () -> publishers.forEach(ChaosPublisher::move));
      long back = System.nanoTime();
      String missing = cluster.awaitWhole(streams);
      if (missing.isEmpty()) {
        report.ended("whole again %d ms after all was up".formatted(millisSince(back)));
      } else {
        report.violated(missing + " a minute later");
      }
    } catch (IOException e) {
      report.violated(String.valueOf(e.getMessage()));
    }
  }

  private boolean judge() throws InterruptedException {
    for (Player player : players) {
      int before = player.parts();
      if (!ChaosCluster.await(LAST_PARTS, () -> player.parts() >= before + MORE_PARTS)) {
        report.violated("a player receives no more: " + player.report());
      }
    }
    players.forEach(Player::close);
    ChaosCluster.await(LAST_LOGS, () -> ledger.check(received).faults().isEmpty());
    PartLedger.Verdict verdict = ledger.check(received);
    verdict.faults().forEach(report::violated);
    players.forEach(player -> player.faults().forEach(report::violated));
    report.print(
        List.of(
            "Publishers: %d connections of %d".formatted(connections(), publishers.size()),
            "Parts: %d received, by names %d; %d of these are byte by byte what was written"
                .formatted(parts(), received.size(), verdict.matching()),
            "Logs: %d parts written, %d announced as gaps"
                .formatted(verdict.written(), verdict.gaps()),
            "Left out: %d cuts".formatted(leftOut)));
    return !report.isViolated();
  }

  private int connections() {
    return publishers.stream().mapToInt(ChaosPublisher::connections).sum();
  }

  private int parts() {
    return players.stream().mapToInt(Player::allParts).sum();
  }

  /** The same list, beginning with another one. */
  private static <T> List<T> rotated(List<T> all, int by) {
    List<T> turned = new ArrayList<>(all);
    Collections.rotate(turned, -by);
    return turned;
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  /** Any thread. */
  @Override
  public void close() {
    players.forEach(Player::close);
    publishers.forEach(ChaosPublisher::close);
    recorder.close();
    loops.close();
    cluster.close();
  }
}
