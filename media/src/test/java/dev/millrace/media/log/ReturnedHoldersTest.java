package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.FakeTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Nodes that stood still for 20 s and are listed first again, with copies that have to catch up: a
 * reader must not notice, in its log nor in whom it asks for bytes. Simulated time.
 */
class ReturnedHoldersTest {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 30_000_000);
  private static final Duration PART = Duration.ofMillis(500);

  /** As much as the nodes stood still for. */
  private static final int BEHIND_PARTS = 40;

  /** How long the copies there need until they begin to catch up. */
  private static final int SLOW_PARTS = 8;

  private final List<LogRecord> log = LogScript.open(1000, TARGETS).video().segments(60).records();
  private final FakeTimer timer = new FakeTimer();
  private final Holder ingest = new Holder("ingest");
  private final Holder stays = new Holder("stays");
  private final Holder back1 = new Holder("back1");
  private final Holder back2 = new Holder("back2");
  private List<PartSource> listed = List.of(stays, ingest);
  private final MergedPartSource source =
      new MergedPartSource(
          path -> listed, () -> List.of(PATH), timer::nanos, timer, SourceEvents.NONE);

  /** When the reader heard of a part last, and its longest wait for one that was cut. */
  private long heardNanos;

  private long longestNanos;
  private int heard;

  /** A node that has the log up to somewhere, and all bytes of that. */
  private final class Holder implements PartSource {
    private final String name;
    private final List<LogWatcher> watchers = new ArrayList<>();
    private int has;

    Holder(String name) {
      this.name = name;
    }

    void readUpTo(int records) {
      while (has < Math.min(records, log.size())) {
        LogRecord record = log.get(has++);
        List.copyOf(watchers).forEach(each -> each.record(record));
      }
    }

    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      StreamView view = StreamView.empty();
      for (LogRecord record : log.subList(0, has)) {
        view = view.apply(record);
      }
      watchers.add(watcher);
      view.replay().forEach(watcher::record);
      watcher.windowComplete();
      return () -> watchers.remove(watcher);
    }

    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      throw new AssertionError("the merged source watches");
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      asked.add(name);
      return new CompletableFuture<>();
    }

    @Override
    public List<StreamPath> streams() {
      return List.of(PATH);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final Set<String> asked = new LinkedHashSet<>();

  private void follow() {
    for (Holder each : List.of(ingest, stays, back1, back2)) {
      each.readUpTo(100);
    }
    source.watch(
        PATH,
        record -> {
          if (record instanceof LogRecord.Appended) {
            heard++;
            heardNanos = timer.nanos();
          }
        });
    play(BEHIND_PARTS);
  }

  /** The publisher goes on, and those who have not stood still with it. */
  private void play(int parts) {
    for (int i = 0; i < parts; i++) {
      timer.advance(PART);
      ingest.readUpTo(ingest.has + 1);
      stays.readUpTo(ingest.has);
      longestNanos = Math.max(longestNanos, timer.nanos() - heardNanos);
    }
  }

  private void list(Holder... holders) {
    listed = List.of(holders);
    source.holdersChanged();
  }

  @Test
  void thoseWhoAreLevelAreKeptUntilTheOthersAreToo() {
    follow();
    list(back1, back2, stays, ingest);
    play(SLOW_PARTS);
    assertThat(Duration.ofNanos(longestNanos)).as("wait for what is cut").isZero();

    back1.readUpTo(ingest.has);
    play(1);
    back1.readUpTo(ingest.has);
    assertThat(stays.watchers).as("one of two is still behind").isNotEmpty();
    back2.readUpTo(ingest.has);
    assertThat(stays.watchers).isEmpty();
    assertThat(ingest.watchers).isEmpty();

    int before = heard;
    play(1);
    assertThat(heard).isEqualTo(before);
    back2.readUpTo(ingest.has);
    assertThat(heard).as("and those who are back are heard").isEqualTo(before + 1);
  }

  @Test
  void aPartOnTheWayIsNoLag() {
    follow();
    back1.readUpTo(ingest.has - 1);
    back2.readUpTo(ingest.has - 1);
    list(back1, back2, stays, ingest);
    assertThat(stays.watchers).isEmpty();
    assertThat(ingest.watchers).isEmpty();
  }

  @Test
  void whoIsBehindHimselfIsNotKept() {
    follow();
    list(back1, back2);
    back1.readUpTo(ingest.has);
    list(stays, ingest);
    assertThat(back1.watchers).isEmpty();
    assertThat(back2.watchers).isEmpty();
  }

  @Test
  void bytesAreAskedOfThoseWhoAreLevel() {
    follow();
    list(back1, back2, stays, ingest);
    LogRecord last = log.get(ingest.has - 1);
    LogPosition at = ((LogRecord.Appended) last).entry().position();
    source.bytes(PATH, "video", new FileName.Part(at).toString());
    assertThat(asked).containsExactly("stays");
  }
}
