package dev.millrace.server.bench;

import dev.millrace.media.Track;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.server.bench.FeedServer.Got;
import dev.millrace.transcoder.ladder.LadderPlanner;
import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.ladder.LadderSettings.HevcPolicy;
import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import dev.millrace.transcoder.ladder.RungSetting;
import dev.millrace.transcoder.worker.EncoderPreference;
import dev.millrace.transcoder.worker.JavaWorkers;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace bench transcode}: a worker beside an ffmpeg program, by turns. */
@Command(
    mixinStandardHelpOptions = true,
    name = "transcode",
    description = {
      "Makes a ladder of a file as fast as it goes, by a worker and by an ffmpeg program in turn,",
      "and compares processor time and memory; then once in real time, for the latency that is"
          + " added",
      "and the bit rates. Needs no running node; Linux only."
    },
    sortOptions = false)
final class TranscodeBench implements Callable<Integer> {
  private static final Pattern RUNG = Pattern.compile("([0-9]{2,4})p:([0-9]{1,6})k");
  private static final long MAX_SECONDS = 1800;

  /** As often as by default. */
  private static final Duration POSTER_INTERVAL = Duration.ofSeconds(5);

  @Parameters(index = "0", paramLabel = "FILE", description = "With H.264 or H.265, and AAC or MP3")
  private Path file = Path.of("");

  @Option(
      names = "--ladder",
      paramLabel = "LIST",
      defaultValue = "720p:2800k,480p:1200k,360p:700k",
      description = "What to make (${DEFAULT-VALUE}).")
  private String ladder = "";

  @Option(
      names = "--preset",
      defaultValue = "veryfast",
      description = "Of libx264 (${DEFAULT-VALUE}).")
  private String preset = "";

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Of the decoder and of each encoder (${DEFAULT-VALUE}).")
  private int threads;

  @Option(names = "--runs", defaultValue = "3", description = "Of each (${DEFAULT-VALUE}).")
  private int runs;

  @Option(names = "--no-live", description = "Leave out the run in real time.")
  private boolean noLive;

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    String dist = System.getProperty("millrace.dist", "");
    Path ffmpeg = Path.of(dist, "ffmpeg");
    if (dist.isEmpty()
        || !Files.isDirectory(ffmpeg)
        || !Files.isReadable(Path.of("/proc/self/stat"))) {
      System.err.println("millrace: this measures on Linux, with an installation that has FFmpeg");
      return 2;
    }
    Path folder = Files.createTempDirectory("millrace-bench");
    try {
      return measure(ffmpeg, folder);
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("millrace: " + e.getMessage());
      return 1;
    } finally {
      delete(folder);
    }
  }

  private int measure(Path ffmpeg, Path folder) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String nodeClassPath = System.getProperty("java.class.path");
    FfmpegProgram program =
        FfmpegProgram.find(java, nodeClassPath + File.pathSeparator + ffmpeg.resolve("*"));
    Path flv = file.toString().endsWith(".flv") ? file : remuxed(program, folder);
    RecordedFeed feed = RecordedFeed.read(flv, this::plan);
    JavaWorkers workers =
        new JavaWorkers(nodeClassPath, ffmpeg, folder.resolve("shared"), 0, System::nanoTime);
    List<ChildCost> ours = new ArrayList<>();
    List<ChildCost> theirs = new ArrayList<>();
    List<Start> starts = new ArrayList<>();
    Report report =
        new Report()
            .add("media-seconds", feed.seconds())
            .add("source-frames", feed.videoFrames())
            .add("runs-of-each", runs);
    try (FeedServer server = new FeedServer(feed.records(), false)) {
      work(server, workers, false); // unpacks FFmpeg and fills caches, for both
      for (int i = 0; i < runs; i++) {
        ours.add(work(server, workers, false));
        starts.add(start);
        theirs.add(compare(program, flv, feed));
        check(server.take(), feed);
        System.err.printf(
            "run %d: worker %.2f CPU s, %d MiB, %.1f s; ffmpeg (%s) %.2f CPU s, %d MiB, %.1f s%n",
            i + 1,
            ours.getLast().cpuSeconds(),
            ours.getLast().peakResidentBytes() >> 20,
            ours.getLast().wallSeconds(),
            program.kind(),
            theirs.getLast().cpuSeconds(),
            theirs.getLast().peakResidentBytes() >> 20,
            theirs.getLast().wallSeconds());
      }
    }
    print(report, "worker", ours, feed.seconds());
    print(report, "ffmpeg", theirs, feed.seconds());
    report
        .add("worker-ready-seconds", median(starts, Start::readySeconds))
        .add("worker-first-part-seconds", median(starts, Start::firstPartSeconds));
    report
        .add(
            "cpu-ratio",
            median(ours, ChildCost::cpuSeconds) / median(theirs, ChildCost::cpuSeconds))
        .add(
            "resident-ratio",
            median(ours, ChildCost::peakResidentBytes)
                / median(theirs, ChildCost::peakResidentBytes));
    startCost(report, feed, workers);
    if (!noLive) {
      realTime(report, feed, workers);
    }
    System.out.println(json ? report.json() : report.text());
    return 0;
  }

  /** What a worker takes to start, until it has encoded the first frames. */
  private void startCost(Report report, RecordedFeed feed, JavaWorkers workers)
      throws IOException, InterruptedException {
    List<ChildCost> costs = new ArrayList<>();
    try (FeedServer server = new FeedServer(feed.beginning(), false)) {
      for (int i = 0; i < runs; i++) {
        costs.add(work(server, workers, false));
      }
    }
    report.add("worker-start-cpu-seconds", median(costs, ChildCost::cpuSeconds));
  }

  private void realTime(Report report, RecordedFeed feed, JavaWorkers workers)
      throws IOException, InterruptedException {
    try (FeedServer server = new FeedServer(feed.records(), true)) {
      ChildCost cost = work(server, workers, true);
      report
          .add("live-cpu-seconds-per-media-second", cost.cpuSeconds() / feed.seconds())
          .add("live-peak-resident-mib", cost.peakResidentBytes() >> 20)
          .addMillis("live-added-latency", server.latency().micros());
      Map<String, Got> got = server.take();
      for (String name : feed.plan().names()) {
        Got rung = got.getOrDefault(name, Got.NOTHING);
        report
            .add(name + "-average-kbps", Math.round(rung.averageBps() / 1000))
            .add(name + "-peak-kbps", Math.round(rung.peakBps() / 1000))
            .add(name + "-seconds-left-out", rung.gapSeconds());
      }
    }
  }

  private static void print(Report report, String who, List<ChildCost> costs, double seconds) {
    double least = costs.stream().mapToDouble(ChildCost::cpuSeconds).min().orElse(0);
    double most = costs.stream().mapToDouble(ChildCost::cpuSeconds).max().orElse(0);
    report
        .add(who + "-cpu-seconds-per-media-second", median(costs, ChildCost::cpuSeconds) / seconds)
        .add(who + "-cpu-least", least / seconds)
        .add(who + "-cpu-most", most / seconds)
        .add(who + "-peak-resident-mib", median(costs, ChildCost::peakResidentBytes) / (1 << 20))
        .add(who + "-wall-seconds", median(costs, ChildCost::wallSeconds));
  }

  private static <T> double median(List<T> costs, ToDoubleFunction<T> figure) {
    double[] sorted = costs.stream().mapToDouble(figure).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** From the start of a worker's process to its first words, and to the first part with video. */
  private record Start(double readySeconds, double firstPartSeconds) {}

  /** Of the worker that ran last. */
  private Start start = new Start(0, 0);

  private ChildCost work(FeedServer server, JavaWorkers workers, boolean hurried)
      throws IOException, InterruptedException {
    server.take();
    WorkerJob job =
        new WorkerJob(
            server.feedAddress(),
            server.origin(),
            "bench",
            TrustedAuthority.NONE,
            1,
            RecordedFeed.PATH,
            EncoderPreference.LIBX264,
            preset,
            threads,
            POSTER_INTERVAL,
            160,
            Duration.ofSeconds(1),
            hurried);
    ChildCost.Watch watch = new ChildCost.Watch();
    long startNanos = System.nanoTime();
    AtomicLong readyNanos = new AtomicLong();
    Worker worker =
        workers.start(
            job,
            () -> readyNanos.compareAndSet(0, System.nanoTime()),
            event -> System.err.println(event.text()));
    ProcessHandle child = ProcessHandle.of(worker.pid()).orElseThrow();
    ChildCost cost = watch.awaitEnd(child, MAX_SECONDS);
    if (worker.exitStatus() != 0) {
      throw new IOException(
          "the worker ended with "
              + worker.exitStatus()
              + ", at "
              + worker.status().map(WorkerStatus::toLine).orElse("nothing"));
    }
    start =
        new Start(
            (readyNanos.get() - startNanos) / 1e9,
            (server.firstPartNanos().orElse(startNanos) - startNanos) / 1e9);
    return cost;
  }

  private ChildCost compare(FfmpegProgram program, Path flv, RecordedFeed feed)
      throws IOException, InterruptedException {
    ChildCost.Watch watch = new ChildCost.Watch();
    Process process =
        new ProcessBuilder(program.ladder(flv, feed, preset, threads))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    ChildCost cost = watch.awaitEnd(process.toHandle(), MAX_SECONDS);
    if (process.waitFor() != 0) {
      throw new IOException(program.path() + " ended with " + process.exitValue());
    }
    return cost;
  }

  /** All rungs whole: who leaves something out is fast. */
  private static void check(Map<String, Got> got, RecordedFeed feed) throws IOException {
    for (String name : feed.plan().names()) {
      Got rung =
          Optional.ofNullable(got.get(name))
              .orElseThrow(() -> new IOException(name + " did not come"));
      if (rung.gapSeconds() > 0 || rung.seconds() < feed.seconds() - 0.5) {
        throw new IOException(name + " is not whole: " + rung + " of " + feed.seconds() + " s");
      }
    }
  }

  private LadderPlan plan(List<Track> tracks) {
    List<RungSetting> rungs =
        Arrays.stream(ladder.split(",", -1)).map(TranscodeBench::rung).toList();
    LadderSettings settings =
        new LadderSettings(
            Mode.LIST,
            LadderSettings.DEFAULT_TABLE,
            rungs,
            HevcPolicy.PASSTHROUGH,
            LadderSettings.DEFAULT.audioBitratesBps());
    return new LadderPlanner(settings).plan(tracks, 0, OptionalDouble.empty(), false).plan();
  }

  private static RungSetting rung(String text) {
    Matcher rung = RUNG.matcher(text);
    if (!rung.matches()) {
      throw new IllegalArgumentException("--ladder takes a list like 720p:2500k,360p:700k");
    }
    return new RungSetting(
        Integer.parseInt(rung.group(1)), Long.parseLong(rung.group(2)) * 1000, Codec.H264);
  }

  private Path remuxed(FfmpegProgram program, Path folder)
      throws IOException, InterruptedException {
    Path flv = folder.resolve("source.flv");
    Process process = new ProcessBuilder(program.remux(file, flv)).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(file + " cannot be made an FLV file without encoding");
    }
    return flv;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }
}
