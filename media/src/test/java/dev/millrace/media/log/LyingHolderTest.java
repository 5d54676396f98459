package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.FakeTimer;
import dev.millrace.media.log.sign.LogVerifier;
import dev.millrace.media.log.sign.SignedScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of the holders that a reader follows lies: viewers get what the writer wrote, and it is known
 * who lied. Simulated time.
 */
class LyingHolderTest {
  private static final StreamPath PATH = SignedScript.PATH;
  private static final long EPOCH = 1000;
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 30_000_000);
  private static final Duration STEP = Duration.ofMillis(250);

  private final List<LogRecord> log =
      LogScript.open(EPOCH, TARGETS).video().audio().segments(20).records();
  private final SignedScript writer = new SignedScript(new Random(25));
  private final List<LogRecord> signed = signed();
  private final FakeTimer timer = new FakeTimer();
  private final List<String> refused = new ArrayList<>();
  private final List<LogRecord> shown = new ArrayList<>();
  private List<PartSource> listed = List.of();
  private boolean passOn;
  private boolean hold;

  /** The log with a block behind each four records. */
  private List<LogRecord> signed() {
    List<LogRecord> all = new ArrayList<>();
    all.add(log.getFirst());
    all.add(writer.card());
    for (int i = 1; i < log.size(); i += 4) {
      List<LogRecord> some = log.subList(i, Math.min(log.size(), i + 4));
      all.addAll(some);
      all.addAll(writer.blocks(i == 1 ? log.subList(0, 5) : some, EPOCH));
    }
    return all;
  }

  /** A node that tells a log bit by bit, as it is or otherwise. */
  private static final class Holder implements PartSource {
    private final String name;
    private final List<LogRecord> log;
    private final List<LogWatcher> watchers = new ArrayList<>();
    private int has = 40;

    Holder(String name, List<LogRecord> log) {
      this.name = name;
      this.log = log;
    }

    void readOn(int records) {
      for (int i = 0; i < records && has < log.size(); i++) {
        LogRecord record = log.get(has++);
        List.copyOf(watchers).forEach(each -> each.record(record));
      }
    }

    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      watchers.add(watcher);
      log.subList(0, has).forEach(watcher::record);
      watcher.windowComplete();
      return () -> watchers.remove(watcher);
    }

    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      throw new AssertionError("the merged source watches");
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
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

  private final class Trust implements LogTrust {
    @Override
    public LogCheck check(StreamPath path, PartSource holder) {
      return hold
          ? LogVerifier.holding(path, SignedScript::vouched)
          : new LogVerifier(path, SignedScript::vouched, passOn);
    }

    @Override
    public boolean passesOn() {
      return passOn || hold;
    }
  }

  private MergedPartSource follow(Holder... holders) {
    listed = List.of(holders);
    MergedPartSource source =
        new MergedPartSource(
            path -> listed,
            (path, holder) -> false,
            () -> List.of(PATH),
            timer::nanos,
            timer,
            new SourceEvents() {
              @Override
              public void refused(StreamPath path, PartSource holder, String reason) {
                refused.add(holder + ": " + reason);
              }
            },
            new Trust());
    source.watch(PATH, shown::add);
    return source;
  }

  private void play(int steps, Holder... holders) {
    for (int i = 0; i < steps; i++) {
      for (Holder each : holders) {
        each.readOn(5);
      }
      timer.advance(STEP);
    }
  }

  private List<LogRecord> lie(Function<LogRecord, List<LogRecord>> how) {
    List<LogRecord> lies = new ArrayList<>(signed.subList(0, 60));
    signed.subList(60, signed.size()).forEach(record -> lies.addAll(how.apply(record)));
    return lies;
  }

  private StreamView view(List<LogRecord> records) {
    StreamView view = StreamView.empty();
    for (LogRecord record : records) {
      view = view.apply(record);
    }
    return view;
  }

  private void assertViewersGetTheTruth() {
    List<LogRecord> truth = log.stream().filter(LogRecord.Appended.class::isInstance).toList();
    assertThat(shown.stream().filter(LogRecord.Appended.class::isInstance))
        .as("all that was written, once, and nothing else")
        .containsExactlyInAnyOrderElementsOf(truth);
    assertThat(view(shown).replay()).isEqualTo(view(log).replay());
  }

  @Test
  void nobodyIsRefusedWhereNobodyLies() {
    Holder one = new Holder("one", signed);
    Holder two = new Holder("two", signed);
    follow(one, two);
    play(40, one, two);
    play(20);
    assertThat(refused).isEmpty();
    assertViewersGetTheTruth();
  }

  @Test
  void whoForgesBlocksIsNamedAndNotMissed() {
    Holder liar =
        new Holder(
            "liar",
            lie(
                record ->
                    List.of(
                        record instanceof LogRecord.Signed(SignedBlock block)
                            ? new LogRecord.Signed(block.with(Bytes.wrap(new byte[64])))
                            : record)));
    Holder honest = new Holder("honest", signed);
    follow(liar, honest);
    play(40, liar, honest);
    assertThat(refused)
        .isNotEmpty()
        .allMatch(each -> each.matches("liar: block \\d+ of .* has a wrong signature"), "named");
    assertViewersGetTheTruth();
  }

  @Test
  void whoKeepsBlocksBackIsNamedAfterTwoSeconds() {
    Holder liar =
        new Holder(
            "liar",
            lie(record -> record instanceof LogRecord.Signed ? List.of() : List.of(record)));
    Holder honest = new Holder("honest", signed);
    follow(honest, liar);
    play(8, liar, honest);
    assertThat(refused).as("not sooner").isEmpty();
    play(12, liar, honest);
    assertThat(refused)
        .isNotEmpty()
        .allMatch(each -> each.startsWith("liar: ") && each.contains("is not signed"), "named");
    play(20, liar, honest);
    assertViewersGetTheTruth();
  }

  /** It is behind the honest one, as whoever changes what he gets is: nobody sees the lie. */
  @Test
  void whoTellsOtherEntriesIsNamed() {
    Holder liar = new Holder("liar", lie(record -> List.of(otherDuration(record))));
    Holder honest = new Holder("honest", signed);
    follow(honest, liar);
    play(40, honest, liar);
    assertThat(refused)
        .isNotEmpty()
        .allMatch(
            each -> each.matches("liar: 'appended .*' is not what its writer signed"), "named");
    assertViewersGetTheTruth();
  }

  /** Its entry is shown until its block comes; then the log goes on at the next segment. */
  @Test
  void whoLiesFirstCostsNoMoreThanASegment() {
    Holder liar = new Holder("liar", lie(record -> List.of(otherDuration(record))));
    Holder honest = new Holder("honest", signed);
    follow(liar, honest);
    play(40, liar, honest);
    assertThat(refused).isNotEmpty().allMatch(each -> each.startsWith("liar: "), "named");
    List<LogRecord> lies =
        shown.stream()
            .filter(LogRecord.Appended.class::isInstance)
            .filter(record -> !log.contains(record))
            .toList();
    assertThat(lies).as("some entries of one segment, and its end").hasSizeBetween(1, 8);
    assertThat(view(shown).tail("video")).isEqualTo(view(log).tail("video"));
  }

  /** Relays hold each record until it is proven, so that even the first liar is not believed. */
  @ParameterizedTest
  @ValueSource(strings = {"nobody", "blocks", "entries", "silence"})
  void relaysNeverShowALie(String lie) {
    hold = true;
    Holder liar =
        new Holder(
            "liar",
            switch (lie) {
              case "blocks" ->
                  lie(
                      record ->
                          List.of(
                              record instanceof LogRecord.Signed(SignedBlock block)
                                  ? new LogRecord.Signed(block.with(Bytes.wrap(new byte[64])))
                                  : record));
              case "entries" -> lie(record -> List.of(otherDuration(record)));
              case "silence" ->
                  lie(record -> record instanceof LogRecord.Signed ? List.of() : List.of(record));
              default -> signed;
            });
    Holder honest = new Holder("honest", signed);
    follow(liar, honest);
    play(60, liar, honest);
    assertThat(refused.isEmpty()).as(refused.toString()).isEqualTo(lie.equals("nobody"));
    assertThat(refused).allMatch(each -> each.startsWith("liar: "), "named");
    assertThat(shown.stream().filter(LogRecord.Signed.class::isInstance)).isNotEmpty();
    assertViewersGetTheTruth();
  }

  private static LogRecord otherDuration(LogRecord record) {
    if (!(record instanceof LogRecord.Appended(String rendition, PartEntry it))
        || it.position().msn() < 706) {
      return record;
    }
    return new LogRecord.Appended(
        rendition,
        new PartEntry(
            it.position(),
            it.durationUs() - 7,
            it.sizeBytes(),
            it.independent(),
            it.endOfSegment(),
            it.gap(),
            it.discontinuitySequence(),
            it.init(),
            it.programDateTimeUs(),
            it.keyFrameBytes(),
            it.sha256(),
            it.tree()));
  }

  @Test
  void whoPassesOnPassesOnWhatIsVerifiedOnce() {
    passOn = true;
    Holder liar =
        new Holder(
            "liar",
            lie(
                record ->
                    List.of(
                        record instanceof LogRecord.Signed(SignedBlock block)
                            ? new LogRecord.Signed(block.with(Bytes.wrap(new byte[64])))
                            : record)));
    Holder honest = new Holder("honest", signed);
    MergedPartSource source = follow(liar, honest);
    play(40, liar, honest);
    List<LogRecord> passed = shown.stream().filter(LogRecord.Signed.class::isInstance).toList();
    assertThat(passed)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            signed.stream().filter(LogRecord.Signed.class::isInstance).toList());

    LogVerifier next = new LogVerifier(PATH, SignedScript::vouched, true);
    List<LogRecord> window = new ArrayList<>();
    source.watch(PATH, window::add);
    window.forEach(next::record);
    next.windowComplete();
    assertThat(next.prove()).isNotEmpty();
    assertThat(next.unsigned()).as("a new follower gets the window's blocks").isZero();
  }
}
