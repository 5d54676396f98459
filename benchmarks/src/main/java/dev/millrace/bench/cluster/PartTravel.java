package dev.millrace.bench.cluster;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.media.log.Targets;
import dev.millrace.origin.Replicas;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a part takes from the append at the ingest node until a remote edge has its line and its
 * bytes, over TLS on the loopback interface: an ingest node, a replica of it, and an edge that
 * follows both and asks for each next part by its hinted name, as players do. Then what a follower
 * costs. Arguments: ticks, milliseconds between ticks, bytes of a part, followers.
 */
public final class PartTravel {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final List<String> NAMES = List.of("video", "480p", "360p", "audio");
  private static final Bytes INIT = Bytes.utf8("ftyp moov");
  private static final String INIT_NAME = FileName.Init.of(INIT).toString();
  private static final long EPOCH = 1000;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final ConcurrentMap<String, Long> appended = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> lineCame = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> bytesCame = new ConcurrentHashMap<>();
  private int number;

  private PartTravel() {}

  /** Runs it and prints the figures. */
  public static void main(String[] args) throws Exception {
    int ticks = args.length > 0 ? Integer.parseInt(args[0]) : 120;
    int pauseMs = args.length > 1 ? Integer.parseInt(args[1]) : 500;
    int bytes = args.length > 2 ? Integer.parseInt(args[2]) : 100_000;
    int followers = args.length > 3 ? Integer.parseInt(args[3]) : 100;
    new PartTravel().run(ticks, pauseMs, bytes, followers);
    System.exit(0);
  }

  private void run(int ticks, int pauseMs, int bytes, int followers) throws Exception {
    Path folder = Files.createTempDirectory("part-travel");
    Path keys = TlsNode.keys(folder);
    HttpClient client = TlsNode.client(keys);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    try (TlsNode ingest = new TlsNode(keys);
        TlsNode origin = new TlsNode(keys)) {
      open(ingest);
      for (int i = 0; i < 60; i++) {
        append(ingest, bytes);
      }
      MergedPartSource above = merged(List.of(ingest.source(client, timer)), timer);
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
      replicas.want(Set.of(PATH));
      while (replicas.replicas().getFirst().state() == Replicas.State.FILLING) {
        LockSupport.parkNanos(1_000_000);
      }
      System.out.printf(
          "window of 60 x 4 parts of %d bytes copied, cold: %d ms%n",
          bytes, (System.nanoTime() - begun) / 1_000_000);

      MergedPartSource edge =
          merged(List.of(origin.source(client, timer), ingest.source(client, timer)), timer);
      edge.watch(PATH, new Edge(edge));
      phase(ingest, ticks / 2, pauseMs, bytes, "warming up");
      phase(ingest, ticks, pauseMs, bytes, "measured");

      for (int round = 0; round < 300; round++) {
        roundTrip(origin.source(client, timer));
      }
      long[] trips = new long[300];
      for (int round = 0; round < trips.length; round++) {
        trips[round] = roundTrip(origin.source(client, timer));
      }
      print("GET of a part that is there", trips);

      double without = cpuMsPerTick(ingest, ticks / 2, pauseMs, bytes);
      List<MergedPartSource> others = new ArrayList<>();
      for (int i = 0; i < followers; i++) {
        MergedPartSource other = merged(List.of(origin.source(client, timer)), timer);
        other.watch(PATH, record -> {});
        others.add(other);
      }
      cpuMsPerTick(ingest, ticks / 4, pauseMs, bytes);
      double with = cpuMsPerTick(ingest, ticks / 2, pauseMs, bytes);
      System.out.printf(
          "CPU: node to node with bytes, all parties, %.3f ms a part; one more follower of the log,"
              + " both ends: %.1f us a part%n",
          without / NAMES.size(), (with - without) * 1000 / NAMES.size() / followers);
      others.forEach(MergedPartSource::close);
      replicas.close();
      edge.close();
      above.close();
    }
  }

  private static MergedPartSource merged(List<PartSource> holders, ScheduledExecutorService timer) {
    return new MergedPartSource(
        path -> holders, () -> List.of(PATH), System::nanoTime, timer, SourceEvents.NONE);
  }

  private void phase(TlsNode ingest, int ticks, int pauseMs, int bytes, String name)
      throws InterruptedException {
    appended.clear();
    lineCame.clear();
    bytesCame.clear();
    for (int i = 0; i < ticks; i++) {
      append(ingest, bytes);
      Thread.sleep(pauseMs);
    }
    Thread.sleep(1000);
    print(name + ": until the edge has the line", since(lineCame));
    print(name + ": until the edge has the bytes, checked", since(bytesCame));
  }

  private long[] since(ConcurrentMap<String, Long> came) {
    return came.entrySet().stream()
        .filter(each -> appended.containsKey(each.getKey()))
        .mapToLong(each -> each.getValue() - appended.getOrDefault(each.getKey(), 0L))
        .toArray();
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    if (nanos.length == 0) {
      System.out.println(what + ": nothing came");
      return;
    }
    System.out.printf(
        "%s: n %d, p50 %.2f ms, p95 %.2f ms, p99 %.2f ms%n",
        what,
        nanos.length,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6);
  }

  private double cpuMsPerTick(TlsNode ingest, int ticks, int pauseMs, int bytes)
      throws InterruptedException {
    long before = SYSTEM.getProcessCpuTime();
    for (int i = 0; i < ticks; i++) {
      append(ingest, bytes);
      Thread.sleep(pauseMs);
    }
    return (SYSTEM.getProcessCpuTime() - before) / 1e6 / ticks;
  }

  private long roundTrip(PartSource source) {
    String file = new FileName.Part(position(number - 4)).toString();
    long begun = System.nanoTime();
    source.bytes(PATH, "video", file).toCompletableFuture().join();
    return System.nanoTime() - begun;
  }

  /** Asks for the next part of a rendition as soon as the part before is known. */
  private final class Edge implements LogWatcher {
    private final PartSource source;

    /** What is in the window already is no journey. */
    private boolean window;

    Edge(PartSource source) {
      this.source = source;
    }

    @Override
    public void windowComplete() {
      window = true;
    }

    @Override
    public void record(LogRecord record) {
      if (window && record instanceof LogRecord.Appended(String rendition, PartEntry entry)) {
        LogPosition at = entry.position();
        lineCame.put(rendition + at, System.nanoTime());
        LogPosition next =
            entry.endOfSegment()
                ? new LogPosition(EPOCH, at.msn() + 1, 0)
                : new LogPosition(EPOCH, at.msn(), at.part() + 1);
        source
            .bytes(PATH, rendition, new FileName.Part(next).toString())
            .thenAccept(bytes -> bytesCame.put(rendition + next, System.nanoTime()));
      }
    }
  }

  private static void open(TlsNode ingest) {
    ingest.store.open(PATH, EPOCH, Targets.DEFAULT);
    for (String name : NAMES) {
      ingest.store.describe(
          PATH,
          EPOCH,
          new RenditionDescription(
              name, MediaType.VIDEO, "avc1.64001f", 640, 360, 30_000, 0, 0, 0, INIT_NAME, INIT));
    }
  }

  private static LogPosition position(int number) {
    return new LogPosition(EPOCH, 700 + number / 4, number % 4);
  }

  /** One part in each rendition. */
  private void append(TlsNode ingest, int length) {
    LogPosition at = position(number);
    for (String name : NAMES) {
      byte[] media = new byte[length];
      media[0] = (byte) number;
      Bytes data = Bytes.wrap(media);
      PartEntry entry =
          new PartEntry(
              at,
              500_000,
              length,
              at.part() == 0,
              at.part() == 3,
              false,
              0,
              INIT_NAME,
              number * 500_000L,
              0,
              data.sha256());
      appended.put(name + at, System.nanoTime());
      ingest.store.append(PATH, name, entry, data);
    }
    number++;
  }
}
