package dev.millrace.transcoder.ladder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LadderFacts.State;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.transcoder.feed.FeedLimits;
import dev.millrace.transcoder.worker.EncoderPreference;
import dev.millrace.transcoder.worker.LimitedWorkers;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import dev.millrace.transcoder.worker.WorkerSlots;
import dev.millrace.transcoder.worker.WorkerStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A ladder with workers that do nothing but say so. */
class StreamLadderTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final TracksChanged SOURCE =
      new TracksChanged(List.of(Sources.video(1280, 720, 30), Sources.aac()), 0);
  private static final TracksChanged HEVC = new TracksChanged(List.of(Sources.hevc()), 0);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LiveStreams streams =
      new LiveStreams(LiveConfig.DEFAULT, InstantSource.system(), System::nanoTime, timer);
  private final List<FakeWorker> workers = new CopyOnWriteArrayList<>();
  private final RecordedWriters writers = new RecordedWriters();
  private final WorkerSlots slots = new WorkerSlots(1);
  private final WorkerLauncher launcher =
      new LimitedWorkers(
          (job, changed, events) -> {
            FakeWorker worker = new FakeWorker(job, changed);
            workers.add(worker);
            return worker;
          },
          slots);

  /** Says what it is told to say. */
  private static final class FakeWorker implements Worker {
    private final WorkerJob job;
    private final Runnable changed;
    private volatile boolean alive = true;
    private volatile Optional<WorkerStatus> status = Optional.empty();
    private volatile long statusNanos = System.nanoTime();

    FakeWorker(WorkerJob job, Runnable changed) {
      this.job = job;
      this.changed = changed;
    }

    void says(WorkerStatus.Rung... rungs) {
      statusNanos = System.nanoTime();
      status = Optional.of(new WorkerStatus(1, 1, 120, "libx264", List.of(rungs)));
      changed.run();
    }

    void dies() {
      alive = false;
      changed.run();
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public int exitStatus() {
      return alive ? 0 : 134;
    }

    @Override
    public Optional<WorkerStatus> status() {
      return status;
    }

    @Override
    public long statusNanos() {
      return statusNanos;
    }

    @Override
    public long residentBytes() {
      return 0;
    }

    @Override
    public long cpuNanos() {
      return -1;
    }

    @Override
    public long pid() {
      return 1;
    }

    @Override
    public void kill() {
      dies();
    }
  }

  /** Generations and what their writers append, to rungs that all end at the first mark. */
  private static final class RecordedWriters implements RungWriters {
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong reserved = new AtomicLong();
    private final List<String> appended = new CopyOnWriteArrayList<>();
    private volatile boolean revoked;

    @Override
    public long grant(StreamPath path) {
      return last.incrementAndGet();
    }

    @Override
    public long reserve() {
      return reserved.updateAndGet(each -> Math.max(each, last.get()) + 1);
    }

    @Override
    public void admit(StreamPath path, long generation) {
      last.set(generation);
    }

    @Override
    public void revoke(StreamPath path, long generation) {
      revoked = true;
    }

    @Override
    public RenditionSink sink(StreamPath path, long generation) {
      return new RenditionSink() {
        @Override
        public Optional<LogTail> tail(StreamPath of, String rendition) {
          return rendition.equals("480p")
              ? Optional.of(new LogTail(new LogPosition(7, 100, 0), 0, 0, "init-0.mp4", true))
              : Optional.empty();
        }

        @Override
        public AppendResult describe(StreamPath of, long epoch, RenditionDescription rendition) {
          return AppendResult.ACCEPTED;
        }

        @Override
        public AppendResult append(StreamPath to, String rendition, PartEntry entry, Bytes data) {
          if (generation != last.get()) {
            return new AppendResult.Stale(7);
          }
          if (entry.endOfSegment()) {
            appended.add(
                rendition + " " + entry.position().msn() + (entry.gap() ? " gap" : " media"));
          }
          return AppendResult.ACCEPTED;
        }
      };
    }
  }

  @AfterEach
  void close() {
    streams.close();
    timer.shutdownNow();
  }

  private StreamLadder ladder(String name) {
    return ladder(name, LadderSettings.DEFAULT, Optional.of(launcher), System::nanoTime);
  }

  private StreamLadder ladder(
      String name, LadderSettings settings, Optional<WorkerLauncher> with, LongSupplier nanoTime) {
    return new StreamLadder(
        stream(name),
        new LadderServices(
            settings,
            with,
            StreamLadderTest::job,
            writers,
            1L << 30,
            FeedLimits.DEFAULT,
            Optional.empty(),
            nanoTime));
  }

  private LiveStream stream(String name) {
    StreamPath path = StreamPath.parse("live/" + name);
    PublishRequest request =
        new PublishRequest(
            new Grant(path, "key"), new PublisherFacts("127.0.0.1", "test", "rtmp"), () -> {});
    return ((PublishResult.Accepted) streams.publish(request)).publication().stream();
  }

  private static WorkerJob job(StreamPath path, long generation) {
    return new WorkerJob(
        URI.create("http://127.0.0.1:1/internal/v1/feed/" + path),
        URI.create("http://127.0.0.1:1"),
        "token",
        TrustedAuthority.NONE,
        generation,
        path,
        EncoderPreference.AUTO,
        "veryfast",
        0,
        Duration.ZERO,
        160,
        Duration.ofSeconds(1),
        true);
  }

  private static void open(StreamLadder ladder, TracksChanged tracks) {
    LadderPlan plan = ladder.plan(tracks, false);
    ladder.accept(new FeedRecord.Opened(PATH, 7, Targets.DEFAULT));
    ladder.accept(mark(100));
    ladder.accept(new FeedRecord.Tracks(tracks.tracks(), 0, plan));
  }

  private static FeedRecord.Mark mark(long msn) {
    long atUs = (msn - 100) * 2_000_000;
    return new FeedRecord.Mark(new SegmentMark(msn, 0, atUs, true, 1, atUs, 0));
  }

  private FakeWorker nextWorker(int number) {
    await().until(() -> workers.size() == number);
    FakeWorker worker = workers.getLast();
    worker.says(new WorkerStatus.Rung("480p", 2.5, 30, ""));
    return worker;
  }

  @Test
  void startsAWorkerForThePlanAndTellsHowItFares() {
    try (StreamLadder ladder = ladder("main")) {
      open(ladder, SOURCE);
      assertThat(ladder.encodes()).isTrue();
      FakeWorker worker = nextWorker(1);
      await().until(() -> ladder.facts().state() == State.ENCODING);

      LadderFacts facts = ladder.facts();
      assertThat(worker.job.generation()).isEqualTo(1);
      assertThat(facts.encoder()).isEqualTo("libx264");
      assertThat(facts.lagMs()).isEqualTo(120);
      assertThat(facts.rungs())
          .extracting(LadderFacts.RungFacts::name)
          .containsExactly("480p", "360p", "audio-64k");
      assertThat(facts.rungs().getFirst())
          .isEqualTo(
              new LadderFacts.RungFacts("480p", "h264", 854, 480, 1_200_000, 2.5, 30, false, ""));
    }
    assertThat(workers.getLast().isAlive()).isFalse();
    assertThat(writers.revoked).isTrue();
  }

  @Test
  void workersReadWhatThePackagerTells() {
    try (StreamLadder ladder = ladder("main")) {
      open(ladder, SOURCE);
      assertThat(ladder.wantsFrames()).isFalse();
      try (var reading = ladder.hub().subscribe()) {
        assertThat(ladder.wantsFrames()).isTrue();
        ladder.accept(
            new FeedRecord.Media(
                new Frame(MediaType.AUDIO, 0, 0, 0, true, Bytes.of(1), System.nanoTime())));
        assertThat(reading.poll()).containsInstanceOf(FeedRecord.Opened.class);
      }
    }
  }

  @Test
  void replacedSourceIsExplained() {
    try (StreamLadder ladder = ladder("main")) {
      open(ladder, HEVC);

      assertThat(ladder.facts().reason()).contains("H.265");
    }
  }

  @Test
  void ownWorkerIsNoObstacleWhileItStarts() throws Exception {
    CountDownLatch starting = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    WorkerLauncher slow =
        new LimitedWorkers(
            (job, changed, events) -> {
              starting.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              FakeWorker worker = new FakeWorker(job, changed);
              workers.add(worker);
              return worker;
            },
            slots);
    try (StreamLadder ladder =
        ladder("main", LadderSettings.DEFAULT, Optional.of(slow), System::nanoTime)) {
      open(ladder, SOURCE);
      starting.await();
      assertThat(slots.taken()).as("the only slot").isEqualTo(slots.count());
      ladder.accept(mark(101));
      assertThat(ladder.encodes()).isTrue();
      go.countDown();
    }
  }

  @Test
  void oneStreamTooManyHasItsSourceOnlyUntilAPlaceIsFree() {
    StreamLadder first = ladder("first");
    open(first, SOURCE);
    await().until(() -> slots.taken() == 1);
    try (StreamLadder second = ladder("second")) {
      open(second, SOURCE);
      assertThat(second.encodes()).isFalse();
      await().until(() -> second.facts().state() == State.NO_CAPACITY);
      assertThat(warnings("second")).containsKey("no-transcoder-free");
      assertThat(second.facts().reason())
          .isEqualTo("all 1 workers of this node are taken (transcode.max-workers)");

      first.accept(new FeedRecord.Ended());
      first.close();
      second.accept(mark(101));

      await().until(() -> workers.size() == 2);
      await().until(second::encodes);
      assertThat(warnings("second")).isEmpty();
    }
    assertThat(slots.take()).as("the place is given back once").isTrue();
    assertThat(slots.take()).isFalse();
  }

  @Test
  void overloadIsAWarningForAsLongAsItLasts() {
    try (StreamLadder ladder = ladder("main")) {
      open(ladder, SOURCE);
      FakeWorker worker = nextWorker(1);
      worker.says(
          new WorkerStatus.Rung("480p", 0.7, 0, "this machine encodes it at 0.7 of real time"),
          new WorkerStatus.Rung("360p", 1.7, 30, ""));
      await().until(() -> warnings("main").containsKey("overload"));
      assertThat(warnings("main").get("overload"))
          .isEqualTo("left out for now: 480p; this machine encodes it at 0.7 of real time");
      assertThat(ladder.facts().rungs().getFirst().dropped()).isTrue();

      worker.says(new WorkerStatus.Rung("480p", 1.3, 30, ""));
      await().until(() -> warnings("main").isEmpty());
    }
  }

  @Test
  void rungsGoOnWithGapsWhileThereIsNoWorker() {
    try (StreamLadder ladder = ladder("main")) {
      open(ladder, SOURCE);
      FakeWorker first = nextWorker(1);
      await().until(() -> ladder.facts().state() == State.ENCODING);
      first.dies();
      FakeWorker second = nextWorker(2);
      assertThat(second.job.generation()).as("one for the keeper between").isEqualTo(3);
      second.dies(); // the second in a row: a pause of a second
      await().until(() -> writers.last.get() == 4);
      ladder.accept(mark(101));
      ladder.accept(mark(102));

      assertThat(writers.appended).containsExactly("480p 100 gap", "480p 101 gap");
      assertThat(ladder.facts().state()).isEqualTo(State.RECOVERING);
      assertThat(ladder.facts().reason()).isEqualTo("worker ended with status 134 (signal 6)");
    }
  }

  @Test
  void rungsOfAnotherNodeGoOnWithGapsUntilThereIsAWorker() {
    try (StreamLadder ladder = ladder("main")) {
      ladder.accept(new FeedRecord.Opened(PATH, 7, Targets.DEFAULT));
      ladder.adopted(List.of("480p"));
      ladder.accept(mark(100));
      ladder.accept(mark(101));
      assertThat(writers.appended).containsExactly("480p 100 gap");
      ladder.plan(SOURCE, false);
      assertThat(nextWorker(1).job.generation()).as("the keeper had the first").isEqualTo(2);
      ladder.accept(mark(102));
      assertThat(writers.appended).hasSize(1);
    }
  }

  @Test
  void rungsOfAnotherNodeGoOnWhereNothingIsEncoded() {
    try (StreamLadder ladder =
        ladder("main", LadderSettings.DEFAULT, Optional.empty(), System::nanoTime)) {
      ladder.accept(new FeedRecord.Opened(PATH, 7, Targets.DEFAULT));
      ladder.adopted(List.of("480p"));
      ladder.accept(mark(100));
      ladder.accept(mark(101));
      ladder.accept(mark(102));
      assertThat(writers.appended).containsExactly("480p 100 gap", "480p 101 gap");
      ladder.fenced();
      assertThat(writers.revoked).isTrue();
    }
  }

  @Test
  void streamThatCannotBeEncodedHasItsSourceOnlyAndAWarning() {
    WorkerLauncher broken =
        (job, changed, events) -> {
          throw new IOException("no such program");
        };
    // Pauses of a minute in all pass in a second.
    LongSupplier quick = () -> System.nanoTime() * 100;
    try (StreamLadder ladder = ladder("main", LadderSettings.DEFAULT, Optional.of(broken), quick)) {
      open(ladder, HEVC);
      assertThat(ladder.encodes()).isTrue();
      await().until(() -> !ladder.encodes());

      assertThat(ladder.facts().state()).isEqualTo(State.GIVEN_UP);
      assertThat(warnings("main").get("transcoder-failed")).contains("no such program");
    }
  }

  @Test
  void nothingIsPlannedWithoutFfmpegOrLadder() {
    LadderSettings none =
        new LadderSettings(
            LadderSettings.Mode.NONE,
            LadderSettings.DEFAULT_TABLE,
            List.of(),
            LadderSettings.HevcPolicy.H264,
            List.of());
    for (StreamLadder each :
        List.of(
            ladder("a", LadderSettings.DEFAULT, Optional.empty(), System::nanoTime),
            ladder("b", none, Optional.of(launcher), System::nanoTime))) {
      try (StreamLadder ladder = each) {
        assertThat(ladder.plan(HEVC, true)).isEqualTo(LadderPlan.NONE);
        open(ladder, HEVC);
        assertThat(ladder.encodes()).isFalse();
        assertThat(ladder.wantsFrames()).isFalse();
        assertThat(ladder.facts().state()).isEqualTo(State.OFF);
      }
    }
    assertThat(workers).isEmpty();
  }

  private java.util.Map<String, String> warnings(String name) {
    return streams.find(StreamPath.parse("live/" + name)).orElseThrow().facts().warnings();
  }
}
