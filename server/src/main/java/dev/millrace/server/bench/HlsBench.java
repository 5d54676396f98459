package dev.millrace.server.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench hls}: low-latency viewers of one stream. */
@Command(
    mixinStandardHelpOptions = true,
    name = "hls",
    description = "Lets N low-latency viewers watch a stream of a running node.",
    sortOptions = false)
final class HlsBench implements Callable<Integer> {
  @Mixin private Target target = new Target();

  @Option(names = "--viewers", defaultValue = "100", description = "Viewers (${DEFAULT-VALUE}).")
  private int viewers;

  @Option(names = "--seconds", defaultValue = "20", description = "Length (${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin private StreamOption stream = new StreamOption();

  @Override
  public Integer call() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .build()) {
      List<URI> playlists = playlists(http, target.http("/hls/" + stream + "/index.m3u8"));
      AtomicBoolean running = new AtomicBoolean(true);
      ViewerTally tally = new ViewerTally();
      Target.Usage usage = target.measure();
      List<HlsViewer> readers = new ArrayList<>();
      for (int i = 0; i < viewers; i++) {
        playlists.forEach(uri -> readers.add(new HlsViewer(http, uri, tally, running::get)));
      }
      readers.forEach(threads::execute);
      TimeUnit.SECONDS.sleep(seconds);
      Report report = report(usage, tally);
      running.set(false);
      threads.shutdownNow();
      target.print(report);
      if (tally.errors() > 0) {
        System.err.println("last error: " + tally.lastError());
      }
      return tally.errors() == 0 ? 0 : 1;
    } catch (IOException e) {
      return target.unreachable(e);
    }
  }

  private Report report(Target.Usage usage, ViewerTally tally) {
    double gigabytes = tally.bytes() / 1e9;
    Report report = new Report().add("viewers", viewers).add("seconds", seconds);
    usage
        .cpuSeconds()
        .ifPresent(
            cpu ->
                report
                    .add("server-cpu-seconds", cpu)
                    .add("server-cpu-ms-per-viewer-second", cpu * 1000 / viewers / seconds)
                    .add("server-cpu-seconds-per-gb", cpu / gigabytes));
    usage.residentBytes().ifPresent(rss -> report.add("server-resident-mib", rss >> 20));
    return report
        .add("delivered-bytes", tally.bytes())
        .add("requests", tally.requests())
        .add("errors", tally.errors())
        .addMillis("playlist-release-spread", tally.releaseSpread())
        .addMillis("part-fetch", tally.partFetch());
  }

  private static List<URI> playlists(HttpClient http, URI multivariant) throws Exception {
    var response =
        http.send(
            HttpRequest.newBuilder(multivariant).timeout(Duration.ofSeconds(15)).build(),
            BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(
          multivariant + " answered " + response.statusCode() + ", is the stream live?");
    }
    return MediaPlaylistReader.renditions(new String(response.body(), StandardCharsets.UTF_8))
        .stream()
        .map(multivariant::resolve)
        .toList();
  }
}
