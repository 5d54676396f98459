package dev.millrace.server.bench;

import dev.millrace.server.swarm.PageSockets;
import dev.millrace.server.swarm.PageText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description =
          "Seconds at the beginning that are told apart: neither program is compiled"
              + " (${DEFAULT-VALUE}).")
  private int warmUp;

  @Mixin private StreamOption stream = new StreamOption();

  private final TrackerPhase warming = new TrackerPhase("warm-up");
  private final TrackerPhase coming = new TrackerPhase("coming");
  private final TrackerPhase staying = new TrackerPhase("staying");
  private final TrackerTally tally = new TrackerTally(warming);

  /** An address that pages come from, and what lets them in. */
  private record From(String address, URI tracker) {}

  @Override
  public Integer call() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        PageSockets sockets = new PageSockets(pages)) {
      List<From> addresses = new ArrayList<>();
      for (int i = 0; i * PAGES_PER_ADDRESS < pages; i++) {
        addresses.add(from(http, "127.0.%d.%d".formatted(1 + i / 250, 1 + i % 250)));
      }
      sockets.each(
          ClientLag.STEP,
          new ClientLag(System::nanoTime, late -> TrackerPhase.add(tally.phase().lag, late)));
      Target.Usage usage = target.measure();
      Target.Usage own = Target.measure(ProcessHandle.current().pid());
      enter(sockets, addresses);
      double came = usage.cpuSeconds().orElse(0);
      tally.enter(staying);
      usage = target.measure();
      TimeUnit.SECONDS.sleep(seconds);
      target.print(report(usage, came).add("client-cpu-seconds", own.cpuSeconds().orElse(0)));
      if (tally.errors.sum() > 0) {
        System.err.println("last error: " + tally.lastError.get());
      }
      return tally.errors.sum() == 0 ? 0 : 1;
    } catch (IOException e) {
      return target.unreachable(e);
    }
  }

  private Report report(Target.Usage usage, double came) {
    Report report =
        new Report()
            .add("pages", tally.open.sum())
            .add("seconds", seconds)
            .add("server-cpu-seconds-while-they-came", came);
    usage.cpuSeconds().ifPresent(cpu -> report.add("server-cpu-seconds", cpu));
    usage.residentBytes().ifPresent(rss -> report.add("server-resident-mib", rss >> 20));
    report
        .add("offers-received", tally.offers.sum())
        .add("answers-received", tally.answers.sum())
        .add("errors", tally.errors.sum());
    warming.report(report);
    coming.report(report);
    staying.report(report);
    return report;
  }

  /** Asks for what lets pages of an address in. */
  private From from(HttpClient http, String address) throws IOException, InterruptedException {
    URI sharing = target.http("/api/v1/streams/" + stream + "/swarm");
    HttpRequest asked =
        HttpRequest.newBuilder(sharing).header(PageSockets.FORWARDED_FOR, address).build();
    String told = http.send(asked, BodyHandlers.ofString()).body();
    String first =
        PageText.tracker(told)
            .orElseThrow(
                () ->
                    new IOException(
                        "viewers do not share " + stream + ", see relay.viewers-share"));
    String tracker = sharing.resolve(first).toString();
    return new From(address, URI.create(tracker.replaceFirst("^http", "ws")));
  }

  private void enter(PageSockets sockets, List<From> addresses) throws InterruptedException {
    long began = System.nanoTime();
    int came = 0;
    while (came < pages) {
      long elapsed = System.nanoTime() - began;
      tally.enter(elapsed < TimeUnit.SECONDS.toNanos(warmUp) ? warming : coming);
      long due = elapsed * perSecond / TimeUnit.SECONDS.toNanos(1);
      for (; came < Math.min(due, pages); came++) {
        From from = addresses.get(came % addresses.size());
        String infoHash = "millrace-bench-%05d".formatted(came / PAGES_PER_HASH);
        sockets.connect(
            from.tracker(), from.address(), new TrackerPage(sockets, infoHash, came, tally));
      }
      TimeUnit.MILLISECONDS.sleep(STEP_MS);
    }
  }
}
