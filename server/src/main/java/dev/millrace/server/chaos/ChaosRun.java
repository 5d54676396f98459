package dev.millrace.server.chaos;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.media.StreamPath;
import dev.millrace.server.bench.SyntheticSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A cluster of real nodes that is hit again and again while streams are published and played, and
 * the judgement of what the players received. One thread; {@link #close} ends all processes.
 */
public final class ChaosRun implements AutoCloseable {
  private static final List<String> RENDITIONS = List.of("video", "audio");
  private static final Duration LAST_PARTS = Duration.ofSeconds(20);
  private static final Duration LAST_LOGS = Duration.ofSeconds(10);
  private static final int MORE_PARTS = 10;

  private final ChaosSettings settings;
  private final Consumer<String> out;
  private final ChaosCluster cluster;
  private final EventLoops loops = new EventLoops(1, "chaos");
  private final PartLedger ledger = new PartLedger();
  private final LogRecorder recorder;
  private final Map<String, String> received = new ConcurrentHashMap<>();
  private final List<String> streams;
  private final List<ChaosPublisher> publishers = new ArrayList<>();
  private final List<Player> players = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private int hits;

  /**
   * @param out takes the lines that tell what happens
   */
  public ChaosRun(ChaosSettings settings, Consumer<String> out) {
    this.settings = settings;
    this.out = out;
    this.cluster = new ChaosCluster("chaos-" + settings.seed());
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
    ChaosPlan plan = new ChaosPlan(settings.seed(), settings.nodes());
    cluster.start(settings.nodes(), settings.folder());
    tell(settings.nodes() + " nodes are there, " + settings.folder());
    publish();
    play();
    long end = System.nanoTime() + settings.length().toNanos();
    while (System.nanoTime() < end && faults.isEmpty()) {
      ChaosAction action = plan.next();
      TimeUnit.NANOSECONDS.sleep(action.pause().toNanos());
      hit(action);
      players.forEach(player -> faults.addAll(player.faults()));
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

  private void play() {
    for (int i = 0; i < settings.players(); i++) {
      String name = streams.get(i % streams.size());
      List<URI> edges =
          rotated(cluster.having("edge"), i).stream()
              .map(each -> each.http("/hls/live/" + name + "/"))
              .toList();
      players.add(new Player(edges, "live/" + name, RENDITIONS, received));
    }
    tell(streams.size() + " streams are published, " + players.size() + " players play");
  }

  private void hit(ChaosAction action) throws InterruptedException {
    ChaosNode node = cluster.nodes().get(action.node());
    tell(
        switch (action.kind()) {
          case KILL -> "kill -9 " + node.name();
          case PAUSE -> "pause " + node.name() + " for " + action.length().toSeconds() + " s";
          case RESTART -> "restart " + node.name();
          case DRAIN -> "drain " + node.name();
        });
    hits++;
    try {
      cluster.hit(action);
      long back = System.nanoTime();
      String missing = cluster.awaitWhole(streams);
      if (missing.isEmpty()) {
        tell("  whole again %d ms after it was back".formatted(millisSince(back)));
      } else {
        faults.add(missing + " a minute after " + action.kind() + " of " + node.name());
      }
    } catch (IOException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
  }

  private boolean judge() throws InterruptedException {
    for (Player player : players) {
      int before = player.parts();
      if (!ChaosCluster.await(LAST_PARTS, () -> player.parts() >= before + MORE_PARTS)) {
        faults.add("a player receives no more: " + player.report());
      }
    }
    players.forEach(Player::close);
    ChaosCluster.await(LAST_LOGS, () -> ledger.check(received).faults().isEmpty());
    PartLedger.Verdict verdict = ledger.check(received);
    faults.addAll(verdict.faults());
    for (Player player : players) {
      tell("player: " + player.report());
      player.faults().stream().filter(each -> !faults.contains(each)).forEach(faults::add);
    }
    tell(
        "totals: %d hits, %d connections of %d publishers, %d parts written, %d received and"
                .formatted(
                    hits, connections(), publishers.size(), verdict.written(), verdict.matching())
            + " identical, longest stall %d ms".formatted(longestStall()));
    faults.forEach(each -> tell("FAULT " + each));
    tell((faults.isEmpty() ? "PASS" : "FAIL") + " seed " + settings.seed());
    return faults.isEmpty();
  }

  private int connections() {
    return publishers.stream().mapToInt(ChaosPublisher::connections).sum();
  }

  private long longestStall() {
    return players.stream().mapToLong(Player::stalledMillis).max().orElse(0);
  }

  /** The same list, beginning with another one. */
  private static <T> List<T> rotated(List<T> all, int by) {
    List<T> turned = new ArrayList<>(all);
    Collections.rotate(turned, -by);
    return turned;
  }

  private void tell(String line) {
    out.accept("%7.1f s  %s".formatted(millisSince(startNanos) / 1000.0, line));
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  @Override
  public void close() {
    players.forEach(Player::close);
    publishers.forEach(ChaosPublisher::close);
    recorder.close();
    loops.close();
    cluster.close();
  }
}
