package dev.millrace.server.bench;

import dev.millrace.server.swarm.PageText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code millrace bench tracker}: pages of viewers who share, without their media. They come from
 * many addresses of the loopback network, since a tracker takes so many of each only.
 */
@Command(
    mixinStandardHelpOptions = true,
    name = "tracker",
    description = {
      "Lets N pages of viewers who share announce themselves at a node of this machine",
      "(relay.viewers-share: true), each with five offers, and answer each other."
    },
    sortOptions = false)
final class TrackerBench implements Callable<Integer> {
  private static final int PAGES_PER_ADDRESS = 250;
  private static final int STEP_MS = 20;

  /** Pages that meet: a rendition of a stream each. */
  private static final int PAGES_PER_HASH = 1000;

  @Mixin private Target target = new Target();

  @Option(names = "--pages", defaultValue = "1000", description = "Pages (${DEFAULT-VALUE}).")
  private int pages;

  @Option(
      names = "--per-second",
      defaultValue = "200",
      description = "How many of them come each second (${DEFAULT-VALUE}).")
  private int perSecond;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description =
          "How long they then stay; each announces itself once a minute (${DEFAULT-VALUE}).")
  private int seconds;

  @Mixin private StreamOption stream = new StreamOption();

  private final TrackerTally tally = new TrackerTally();

  /** An address that pages come from, and what lets them in. */
  private record From(HttpClient client, URI tracker) {}

  @Override
  public Integer call() throws Exception {
    List<From> addresses = new ArrayList<>();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i * PAGES_PER_ADDRESS < pages; i++) {
        addresses.add(from(timer, "127.0.%d.%d".formatted(1 + i / 250, 1 + i % 250)));
      }
      Target.Usage coming = target.measure();
      enter(timer, addresses);
      double came = coming.cpuSeconds().orElse(0);
      Target.Usage staying = target.measure();
      long announced = tally.announcing.getTotalCount();
      TimeUnit.SECONDS.sleep(seconds);
      target.print(report(staying, came, tally.announcing.getTotalCount() - announced));
      if (tally.errors.sum() > 0) {
        System.err.println("last error: " + tally.lastError.get());
      }
      boolean fine = tally.errors.sum() == 0;
      addresses.forEach(each -> each.client().shutdownNow());
      timer.shutdownNow();
      return fine ? 0 : 1;
    } catch (IOException e) {
      return target.unreachable(e);
    }
  }

  private Report report(Target.Usage staying, double came, long announced) {
    Report report =
        new Report()
            .add("pages", tally.open.sum())
            .add("seconds", seconds)
            .add("announcements", announced)
            .add("server-cpu-seconds-while-they-came", came);
    staying.cpuSeconds().ifPresent(cpu -> report.add("server-cpu-seconds", cpu));
    staying.residentBytes().ifPresent(rss -> report.add("server-resident-mib", rss >> 20));
    return report
        .add("offers-received", tally.offers.sum())
        .add("answers-received", tally.answers.sum())
        .add("errors", tally.errors.sum())
        .addMillis("connect", tally.connecting)
        .addMillis("announce", tally.announcing);
  }

  /** Asks for what lets pages of an address in. */
  private From from(Executor thread, String address) throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .localAddress(InetAddress.getByName(address))
            .executor(thread)
            .build();
    URI sharing = target.http("/api/v1/streams/" + stream + "/swarm");
    String told =
        client.send(HttpRequest.newBuilder(sharing).build(), BodyHandlers.ofString()).body();
    String first =
        PageText.tracker(told)
            .orElseThrow(
                () ->
                    new IOException(
                        "viewers do not share " + stream + ", see relay.viewers-share"));
    String tracker = sharing.resolve(first).toString();
    return new From(client, URI.create(tracker.replaceFirst("^http", "ws")));
  }

  private void enter(ScheduledExecutorService timer, List<From> addresses)
      throws InterruptedException {
    long began = System.nanoTime();
    int came = 0;
    while (came < pages) {
      long due = (System.nanoTime() - began) * perSecond / TimeUnit.SECONDS.toNanos(1);
      for (; came < Math.min(due, pages); came++) {
        From from = addresses.get(came % addresses.size());
        String infoHash = "millrace-bench-%05d".formatted(came / PAGES_PER_HASH);
        TrackerPage page = new TrackerPage(timer, infoHash, came, tally);
        var _ =
            from.client()
                .newWebSocketBuilder()
                .buildAsync(from.tracker(), page)
                .whenComplete(
                    (socket, failure) -> {
                      if (failure != null) {
                        tally.error("a page could not come: " + failure);
                      }
                    });
      }
      TimeUnit.MILLISECONDS.sleep(STEP_MS);
    }
  }
}
