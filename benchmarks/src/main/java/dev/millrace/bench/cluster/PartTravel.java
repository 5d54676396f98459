package dev.millrace.bench.cluster;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.origin.Replicas;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a part takes from the append at the ingest node until a remote edge has its line and its
 * bytes, checked, over TLS on the loopback interface. The edge follows the ingest node; then an
 * origin node that copies; then both, as in a cluster. It asks for each next part by its hinted
 * name, as players do. Then what a follower costs. The budget is a median of 15 ms beyond the wire
 * (docs/scale.md). Arguments: ticks, milliseconds between ticks, bytes of a part, followers.
 */
public final class PartTravel {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final int WINDOW = 60;
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final int ticks;
  private final long pauseNanos;
  private final int followers;
  private final TravelLadder ladder;

  private PartTravel(int ticks, long pauseNanos, int followers, TravelLadder ladder) {
    this.ticks = ticks;
    this.pauseNanos = pauseNanos;
    this.followers = followers;
    this.ladder = ladder;
  }

  /** Runs it and prints the figures. */
  public static void main(String[] args) throws Exception {
    int ticks = args.length > 0 ? Integer.parseInt(args[0]) : 120;
    int pauseMs = args.length > 1 ? Integer.parseInt(args[1]) : 500;
    int bytes = args.length > 2 ? Integer.parseInt(args[2]) : 100_000;
    int followers = args.length > 3 ? Integer.parseInt(args[3]) : 100;
    Path folder = Files.createTempDirectory("part-travel");
    Path keys = TlsNode.keys(folder);
    try (TlsNode ingest = new TlsNode(keys);
        TlsNode origin = new TlsNode(keys)) {
      new PartTravel(
              ticks,
              TimeUnit.MILLISECONDS.toNanos(pauseMs),
              followers,
              new TravelLadder(ingest.store, bytes))
          .run(ingest, origin, TlsNode.client(keys));
      System.exit(0);
    } catch (Exception e) {
      System.err.println("the run broke off: " + e);
      System.exit(1);
    }
  }

  private void run(TlsNode ingest, TlsNode origin, HttpClient client) throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    PartSource atIngest = ingest.source(client, timer);
    PartSource atOrigin = origin.source(client, timer);
    load();
    for (int i = 0; i < WINDOW; i++) {
      ladder.tick(0, new TravelTimes());
    }
    MergedPartSource above = merged(List.of(atIngest), timer);
    long begun = System.nanoTime();
    Replicas replicas =
        new Replicas(
            origin.store,
            above,
            path -> true,
            Duration.ofSeconds(30),
            executor,
            System::nanoTime,
            replica -> {});
    replicas.want(Set.of(TravelLadder.PATH));
    while (replicas.replicas().getFirst().state() == Replicas.State.FILLING) {
      LockSupport.parkNanos(1_000_000);
    }
    System.out.printf(
        "window of %d x %d parts of %d bytes copied, cold: %d ms%n",
        WINDOW, TravelLadder.NAMES.size(), ladder.bytes(), (System.nanoTime() - begun) / 1_000_000);

    // Until the ciphers are compiled: they are slow beyond use before.
    for (int round = 0; round < 1500; round++) {
      roundTrip(atIngest);
    }
    for (String round : List.of("warming up: ", "")) {
      load();
      edge(round + "ingest -> edge", List.of(atIngest), timer);
      edge(round + "ingest -> origin -> edge", List.of(atOrigin), timer);
      edge(round + "both followed, origin asked", List.of(atOrigin, atIngest), timer);
    }
    long[] trips = new long[300];
    for (int round = 0; round < trips.length; round++) {
      trips[round] = roundTrip(atOrigin);
    }
    TravelTimes.print("on the wire: GET of a part that is there", trips);
    costs(atOrigin, timer);
    load();
    replicas.close();
    above.close();
  }

  /** One edge, and all that it gets of so many ticks. */
  private void edge(String name, List<PartSource> holders, ScheduledExecutorService timer)
      throws InterruptedException {
    TravelTimes times = new TravelTimes();
    try (MergedPartSource source = merged(holders, timer)) {
      Edge edge = new Edge(source, times);
      source.watch(TravelLadder.PATH, edge);
      // What comes after the window makes it ask for what comes then.
      edge.window.await();
      ladder.tick(pauseNanos, new TravelTimes());
      for (int i = 0; i < ticks; i++) {
        ladder.tick(pauseNanos, times);
      }
      long end = System.nanoTime() + LATE_NANOS;
      while (!times.isDone() && System.nanoTime() < end) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    times.print(name);
  }

  private void costs(PartSource atOrigin, ScheduledExecutorService timer)
      throws InterruptedException {
    double without = cpuMsPerTick(ticks / 2);
    List<MergedPartSource> others = new ArrayList<>();
    for (int i = 0; i < followers; i++) {
      MergedPartSource other = merged(List.of(atOrigin), timer);
      other.watch(TravelLadder.PATH, record -> {});
      others.add(other);
    }
    cpuMsPerTick(ticks / 4);
    double with = cpuMsPerTick(ticks / 2);
    int parts = TravelLadder.NAMES.size();
    System.out.printf(
        "CPU: one copy made, both ends, %.3f ms a part; one more follower of the log, both ends:"
            + " %.1f us a part%n",
        without / parts, (with - without) * 1000 / parts / followers);
    others.forEach(MergedPartSource::close);
  }

  private static MergedPartSource merged(List<PartSource> holders, ScheduledExecutorService timer) {
    return new MergedPartSource(
        path -> holders,
        () -> List.of(TravelLadder.PATH),
        System::nanoTime,
        timer,
        SourceEvents.NONE);
  }

  private double cpuMsPerTick(int count) throws InterruptedException {
    long before = SYSTEM.getProcessCpuTime();
    for (int i = 0; i < count; i++) {
      ladder.tick(pauseNanos, new TravelTimes());
    }
    return (SYSTEM.getProcessCpuTime() - before) / 1e6 / count;
  }

  private long roundTrip(PartSource source) {
    String file = new FileName.Part(ladder.position(-4)).toString();
    long begun = System.nanoTime();
    source.bytes(TravelLadder.PATH, "video", file).toCompletableFuture().join();
    return System.nanoTime() - begun;
  }

  private static void load() {
    System.out.printf("load average: %.2f%n", SYSTEM.getSystemLoadAverage());
  }

  /** Asks for the next part of a rendition as soon as the part before is known. */
  private static final class Edge implements LogWatcher {
    private final PartSource source;
    private final TravelTimes times;

    /** What is in the window already is no journey. */
    private final CountDownLatch window = new CountDownLatch(1);

    Edge(PartSource source, TravelTimes times) {
      this.source = source;
      this.times = times;
    }

    @Override
    public void windowComplete() {
      window.countDown();
    }

    @Override
    public void record(LogRecord record) {
      if (window.getCount() == 0
          && record instanceof LogRecord.Appended(String rendition, PartEntry entry)) {
        times.line(rendition, entry.position());
        LogPosition next = TravelLadder.next(entry);
        source
            .bytes(TravelLadder.PATH, rendition, new FileName.Part(next).toString())
            .thenAccept(bytes -> times.bytes(rendition, next));
      }
    }
  }
}
