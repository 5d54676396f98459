package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.sign.LogVerifier;
import dev.millrace.media.log.sign.SigningKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What stores sign, keep and pass on. Time is the test's. */
class SignedLogTest {
  private static final long EPOCH = 1000;
  private static final Bytes VOUCHER = Bytes.wrap(new byte[32]);
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 12_000_000);

  private long nowNanos;
  private final List<Runnable> due = new ArrayList<>();
  private final Node writer = new Node();
  private final Node copy = new Node();

  /** Runs what waits when the test says so. */
  private final class Timer extends ScheduledThreadPoolExecutor {
    Timer() {
      super(0);
    }

    @Override
    public @Nullable ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      due.add(task);
      return null;
    }
  }

  private final class Node {
    final SigningKey key = SigningKey.generate();
    final OriginStore store =
        new OriginStore(
            OriginConfig.defaults(),
            () -> nowNanos,
            Optional.of(
                new LogSigning(
                    key,
                    new SignerKey(key.publicKey(), VOUCHER),
                    LogSigning.DELAY,
                    new Timer(),
                    Runnable::run)));
  }

  /** Who follows a store and verifies what it hears. */
  private static final class Reader implements AutoCloseable {
    final List<LogRecord> heard = new ArrayList<>();
    final LogVerifier verifier =
        new LogVerifier(PATH, card -> card.voucher().equals(VOUCHER), true);
    final Following following;

    Reader(Node of) {
      following = of.store.follow(PATH, this::hear).orElseThrow();
      verifier.windowComplete();
    }

    private void hear(LogRecord record) {
      heard.add(record);
      verifier.record(record);
    }

    /** How many records are not signed, of what was heard. */
    int unsigned() {
      verifier.prove();
      return verifier.unsigned();
    }

    List<SignedBlock> blocks() {
      return heard.stream()
          .filter(LogRecord.Signed.class::isInstance)
          .map(record -> ((LogRecord.Signed) record).block())
          .toList();
    }

    @Override
    public void close() {
      following.close();
    }
  }

  private void sign() {
    while (!due.isEmpty()) {
      List<Runnable> now = List.copyOf(due);
      due.clear();
      now.forEach(Runnable::run);
    }
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
    writer.store.sweep();
    copy.store.sweep();
    sign();
  }

  /** Copies what the writer's followers are told, but not these records. */
  private void copyAll(List<LogRecord> told) {
    for (LogRecord record : told) {
      switch (record) {
        case LogRecord.Opened(long epoch, var targets) -> copy.store.reopen(PATH, epoch, targets);
        case LogRecord.Described(var it) -> copy.store.describe(PATH, Long.MAX_VALUE, it);
        case LogRecord.Appended(var rendition, var entry) ->
            copy.store.copy(PATH, rendition, entry, data(entry));
        case LogRecord.Signing signing -> copy.store.signed(PATH, signing);
        case LogRecord.Ended ignored -> copy.store.end(PATH, EPOCH);
        case LogRecord.Expected ignored -> {}
        case LogRecord.Pictured ignored -> {}
      }
    }
  }

  private static Bytes data(PartEntry entry) {
    LogPosition at = entry.position();
    return entry.sizeBytes() == 0 ? Bytes.EMPTY : Writer.content(at.epoch(), at.msn(), at.part());
  }

  @Test
  void entriesAreToldAtOnceAndSignedBehind() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(1);
      assertThat(reader.heard).hasSize(6);
      assertThat(reader.unsigned()).isEqualTo(6);
      sign();
      assertThat(reader.unsigned()).isZero();
      assertThat(reader.blocks()).hasSize(1);
      ladder.segments(40);
      sign();
      assertThat(reader.unsigned()).isZero();
      assertThat(reader.blocks().stream().mapToInt(each -> each.covered().size()))
          .allMatch(count -> count <= SignedBlock.MAX_RECORDS);
      ladder.end();
      sign();
      assertThat(reader.unsigned()).isZero();
    }
  }

  @Test
  void aNewFollowerGetsTheBlocksOfTheWindowAndNoMore() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    for (int i = 0; i < 50; i++) {
      ladder.segments(1);
      pass(Duration.ofSeconds(2));
    }
    try (Reader reader = new Reader(writer)) {
      assertThat(reader.unsigned()).isZero();
      assertThat(reader.blocks()).hasSizeBetween(6, 14);
      assertThat(reader.blocks().getFirst().number()).as("has the beginning").isEqualTo(1);
    }
  }

  @Test
  void copiesPassBlocksOnAndSignNothing() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(3);
      sign();
      copyAll(reader.heard);
      pass(Duration.ofSeconds(5));
      try (Reader second = new Reader(copy)) {
        assertThat(second.unsigned()).isZero();
        assertThat(second.blocks()).isEqualTo(reader.blocks());
      }
    }
  }

  @Test
  void aCopySignsWhatItsWriterDidNotLiveToSign() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(3);
      sign();
      ladder.part();
      copyAll(reader.heard);
      due.clear();
      try (Reader second = new Reader(copy)) {
        pass(Duration.ofSeconds(1));
        assertThat(second.unsigned()).as("the block may be on its way").isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(second.unsigned()).isZero();
        assertThat(second.blocks().getLast().signer()).isEqualTo(copy.key.id());
      }
    }
  }

  @Test
  void aCopySignsItsOwnEndMarkersSooner() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.part();
      sign();
      ladder.endMarker();
      copyAll(reader.heard);
      due.clear();
      try (Reader second = new Reader(copy)) {
        pass(Duration.ofMillis(600));
        assertThat(second.unsigned()).isZero();
      }
    }
  }

  @Test
  void whoTakesUpAStreamSignsItsUnsignedEndAtOnce() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(3);
      sign();
      ladder.lastPart();
      copyAll(reader.heard);
      due.clear();
      copy.store.takeOver(PATH, EPOCH + 5);
      sign();
      try (Reader second = new Reader(copy)) {
        assertThat(second.unsigned()).isZero();
        SignedBlock last = second.blocks().getLast();
        assertThat(last.epoch()).isEqualTo(EPOCH + 5);
        assertThat(last.number()).isEqualTo(1);
      }
    }
  }

  @Test
  void aCopyNeverSignsWhatItsWriterSignedOtherwise() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(1);
      ladder.part();
      sign();
      List<LogRecord> told = new ArrayList<>(reader.heard);
      int last = last(told);
      LogRecord.Appended right = (LogRecord.Appended) told.get(last);
      told.set(last, new LogRecord.Appended(right.rendition(), longer(right.entry())));
      copyAll(told);
      pass(Duration.ofSeconds(5));
      List<LogRecord> passedOn = new ArrayList<>();
      copy.store.follow(PATH, passedOn::add).orElseThrow().close();
      assertThat(passedOn)
          .filteredOn(LogRecord.Signed.class::isInstance)
          .allMatch(each -> ((LogRecord.Signed) each).block().signer().equals(writer.key.id()))
          .anyMatch(
              each ->
                  ((LogRecord.Signed) each)
                      .block().covered().stream()
                          .anyMatch(
                              covered ->
                                  covered
                                      .name()
                                      .equals(
                                          new RecordName.Entry(
                                              "video", right.entry().position()))));
    }
  }

  private static int last(List<LogRecord> told) {
    for (int i = told.size() - 1; ; i--) {
      if (told.get(i) instanceof LogRecord.Appended) {
        return i;
      }
    }
  }

  private static PartEntry longer(PartEntry of) {
    return new PartEntry(
        of.position(),
        of.durationUs() + 1,
        of.sizeBytes(),
        of.independent(),
        of.endOfSegment(),
        of.gap(),
        of.discontinuitySequence(),
        of.init(),
        of.programDateTimeUs(),
        of.keyFrameBytes(),
        of.sha256(),
        of.tree());
  }

  @Test
  void aWindowThatBeginsAnewComesWithItsBlocks() {
    Writer ladder = Writer.open(writer.store, EPOCH, TARGETS);
    try (Reader reader = new Reader(writer)) {
      ladder.segments(3);
      sign();
      copyAll(reader.heard);
      try (Reader second = new Reader(copy)) {
        assertThat(second.unsigned()).isZero();
        copyAll(reader.heard);
        assertThat(second.unsigned()).isZero();
      }
    }
  }
}
