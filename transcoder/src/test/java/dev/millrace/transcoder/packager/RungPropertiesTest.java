package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.feed.FeedHub;
import dev.millrace.transcoder.feed.FeedLimits;
import dev.millrace.transcoder.feed.FeedSubscription;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a publisher does, and whenever workers die, are replaced or shed: the log of each rung
 * has no hole, and the segments of the source.
 */
class RungPropertiesTest {
  private static final List<String> RUNGS = List.of(FakeWorker.VIDEO, FakeWorker.AUDIO);

  /** A worker reads so many records behind the packager, at most. */
  private static final int LAG = 40;

  @TempDir Path folder;

  private Random random = new Random(0);
  private RecordedLog rungs = new RecordedLog(() -> 0);
  private final FeedHub hub = new FeedHub(FeedLimits.DEFAULT);
  private @Nullable RungKeeper keeper;
  private @Nullable FakeWorker worker;
  private @Nullable FeedSubscription feed;
  private int generation;
  private int told;
  private int deaths;
  private double sessionS;
  private int rate;

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void rungsHaveTheSegmentsOfTheSource(int seed) {
    random = new Random(seed);
    Rig source = new Rig(folder);
    source.rules.coarseGrid();
    rungs = new RecordedLog(source::nanos);
    begin(source);
    for (int i = 0; i < 25; i++) {
      step(source);
      if (i == 15 && worker != null) {
        die();
      }
    }
    source.endSession().endStream();
    tell(source);

    source.checked();
    LogRules rules = new LogRules(source.targets).coarseGrid();
    rules.check(rungs);
    NavigableMap<Long, SegmentMark> marks = FeedRules.marks(source.ladder.records);
    for (String name : rungs.lines.keySet()) {
      rules.checkMarks(rungs, name, marks, 110_000);
      long last = rungs.of(name).getLast().entry().position().msn();
      assertThat(marks.lastKey() - last).as("%s stands still", name).isLessThanOrEqualTo(2);
    }
    assertThat(deaths).isPositive();
    assertThat(rungs.of(FakeWorker.VIDEO)).anyMatch(line -> !line.data().isEmpty());
  }

  private void begin(Rig source) {
    sessionS = 0;
    rate = 48_000;
    source.start(Rig.videoTrack(30), Rig.audioTrack(rate));
  }

  /** Something that publishers do. */
  private void step(Rig source) {
    int gop = List.of(30, 60, 60, 60, 120, 250).get(random.nextInt(6));
    double seconds = 0.2 + random.nextInt(40) / 10.0;
    switch (random.nextInt(12)) {
      case 0 -> {
        source.endSession().idle(random.nextInt(5_000));
        begin(source);
        seconds = 0;
      }
      case 1 -> {
        rate = random.nextInt(3) == 0 ? 44_100 : 48_000;
        source.tracks(Rig.videoTrack(random.nextBoolean() ? 25 : 50), Rig.audioTrack(rate));
        seconds = 0;
      }
      case 2 -> {
        source.on(new TimeBroken("test"));
        seconds = 0;
      }
      case 3 -> source.play(Sources.audio(rate, sessionS, seconds));
      case 4 -> source.play(Sources.video(30, sessionS, seconds, gop));
      case 5 -> source.idle(Math.round(seconds * 500)).idle(Math.round(seconds * 500));
      default ->
          source.play(
              Sources.video(30, sessionS, seconds, gop), Sources.audio(rate, sessionS, seconds));
    }
    sessionS += seconds;
    tell(source);
  }

  /** Gives what is new to hub, keeper and worker, and lets the worker die in between. */
  private void tell(Rig source) {
    List<FeedRecord> records = source.ladder.records;
    while (told < records.size()) {
      FeedRecord record = records.get(told++);
      if (record instanceof FeedRecord.Opened opened) {
        rungs.open(opened.path(), opened.epoch(), opened.targets());
        keeper = new RungKeeper(opened.path(), opened.epoch(), opened.targets());
      }
      hub.accept(record);
      if (record instanceof FeedRecord.Mark(SegmentMark mark) && keeper != null) {
        keeper.mark(mark);
      }
      int chance = random.nextInt(600);
      if (worker == null && (chance < 20 || told == 1)) {
        start();
      } else if (worker != null && chance == 0) {
        die();
      } else if (worker != null && chance < 3) {
        worker.shed(chance == 1);
      }
      if (worker != null && (random.nextInt(LAG) == 0 || told == records.size())) {
        read();
      }
    }
  }

  private void start() {
    if (keeper != null) {
      keeper.leave();
    }
    worker = new FakeWorker(new Gate(++generation), random.nextInt(12));
    feed = hub.subscribe();
  }

  private void read() {
    FeedSubscription from = feed;
    FakeWorker to = worker;
    if (from != null && to != null) {
      for (Optional<FeedRecord> next = from.poll(); next.isPresent(); next = from.poll()) {
        to.on(next.get());
      }
    }
  }

  /** Without a word; what it holds is lost. */
  private void die() {
    deaths++;
    worker = null;
    if (feed != null) {
      feed.close();
    }
    if (keeper != null) {
      keeper.keep(new Gate(++generation), RUNGS);
    }
  }

  /** As the origin's: one generation writes at a time. */
  private final class Gate implements RenditionSink {
    private final int mine;

    Gate(int mine) {
      this.mine = mine;
    }

    private AppendResult gated(Supplier<AppendResult> call) {
      return mine == generation ? call.get() : new AppendResult.Stale(generation);
    }

    @Override
    public Optional<LogTail> tail(StreamPath path, String rendition) {
      return rungs.tail(path, rendition);
    }

    @Override
    public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
      return gated(() -> rungs.describe(path, epoch, rendition));
    }

    @Override
    public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
      return gated(() -> rungs.append(path, rendition, entry, data));
    }
  }
}
