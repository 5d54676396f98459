package dev.millrace.server.bench;

import dev.millrace.ingest.rtmp.EventLoops;
import dev.millrace.ingest.rtmp.RtmpClient;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code millrace bench ingest}: publishers in real time. The node must run with {@code --open}.
 */
@Command(
    mixinStandardHelpOptions = true,
    name = "ingest",
    description = "Lets N publishers push 2.5 Mbit/s each to a running node (started with --open).",
    sortOptions = false)
final class IngestBench implements Callable<Integer> {
  private static final int CHUNK_SIZE = 4096;

  @Mixin private Target target = new Target();

  @Option(
      names = "--publishers",
      defaultValue = "20",
      description = "Publishers (${DEFAULT-VALUE}).")
  private int publishers;

  @Option(names = "--seconds", defaultValue = "20", description = "Length (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "Seconds of load before measuring begins (${DEFAULT-VALUE}).")
  private int warmUp;

  @Override
  public Integer call() throws Exception {
    AtomicBoolean running = new AtomicBoolean(true);
    List<RtmpClient> clients = new ArrayList<>();
    try (EventLoops loops = new EventLoops(1, "bench");
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      try {
        return load(loops, http, clients, running);
      } catch (ExecutionException e) {
        return target.unreachable(e);
      } finally {
        running.set(false);
        clients.forEach(RtmpClient::close);
        for (RtmpClient client : clients) {
          client.closed().get(5, TimeUnit.SECONDS);
        }
      }
    }
  }

  private int load(
      EventLoops loops, HttpClient http, List<RtmpClient> clients, AtomicBoolean running)
      throws Exception {
    SyntheticSource source = new SyntheticSource();
    List<PacedPublisher> paced = new ArrayList<>();
    for (int i = 0; i < publishers; i++) {
      RtmpClient client = new RtmpClient(loops, target.rtmp("bench-" + i), CHUNK_SIZE);
      clients.add(client);
      client.publish().get(10, TimeUnit.SECONDS);
      PacedPublisher publisher = new PacedPublisher(client, source);
      publisher.start(i * 33_333L / publishers);
      paced.add(publisher);
    }
    PartProbe probe =
        new PartProbe(
            http,
            target.http("/hls/live/bench-0/video/index.m3u8"),
            paced.getFirst(),
            running::get);
    Thread probing = Thread.ofVirtual().start(probe);
    TimeUnit.SECONDS.sleep(warmUp);
    Target.Usage usage = target.measure();
    long bytesBefore = paced.stream().mapToLong(PacedPublisher::bytes).sum();
    TimeUnit.SECONDS.sleep(seconds);
    Report report = new Report().add("publishers", publishers).add("seconds", seconds);
    usage
        .cpuSeconds()
        .ifPresent(
            cpu ->
                report
                    .add("server-cpu-seconds", cpu)
                    .add("server-cpu-ms-per-stream-second", cpu * 1000 / publishers / seconds));
    usage.residentBytes().ifPresent(rss -> report.add("server-resident-mib", rss >> 20));
    running.set(false);
    probing.join(5_000);
    long lost = paced.stream().filter(PacedPublisher::lost).count();
    report
        .add("sent-bytes", paced.stream().mapToLong(PacedPublisher::bytes).sum() - bytesBefore)
        .add("errors", lost + (probe.problem().isEmpty() ? 0 : 1))
        .addMillis("part-at-edge-after-last-frame", probe.latency());
    target.print(report);
    if (!probe.problem().isEmpty()) {
      System.err.println("probe: " + probe.problem());
    }
    return lost == 0 && probe.problem().isEmpty() ? 0 : 1;
  }
}
