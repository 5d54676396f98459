package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static dev.millrace.origin.Writer.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OriginStoreTest extends PartSourceContract {
  private long nowNanos = -5_000_000_000L; // a monotonic clock may begin anywhere
  private final OriginStore store = new OriginStore(OriginConfig.defaults(), () -> nowNanos);

  @Override
  PartSource source() {
    return store;
  }

  @Override
  PartSink sink() {
    return store;
  }

  @Test
  void fencesOldSessionsOff() {
    Writer old = Writer.open(store, EPOCH).segments(1);
    Writer newer = Writer.open(store, EPOCH + 1);
    AppendResult stale = new AppendResult.Stale(EPOCH + 1);

    assertThat(old.part()).isEqualTo(stale);
    assertThat(old.describe("other")).isEqualTo(stale);
    assertThat(old.end()).isEqualTo(stale);
    assertThat(store.open(PATH, EPOCH, Targets.DEFAULT)).isEqualTo(stale);
    assertThat(newer.part()).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void aSessionOfTheSamePresentationTakesOverWithItsFirstPart() {
    Writer old = Writer.open(store, EPOCH).segments(1);
    Writer back = new Writer(store, EPOCH + 1, 701);
    back.describe("init of 1001");
    assertThat(old.part())
        .as("the old segment can still be ended")
        .isEqualTo(AppendResult.ACCEPTED);
    assertThat(back.part()).isEqualTo(new AppendResult.Expected(new LogPosition(EPOCH, 701, 1)));
    old.endMarker();

    Writer next = new Writer(store, EPOCH + 1, 702);
    next.describe("init of 1001");
    assertThat(next.part()).isEqualTo(AppendResult.ACCEPTED);
    assertThat(old.part()).isEqualTo(new AppendResult.Stale(EPOCH + 1));
  }

  @Test
  void aWriterThatTakesThePresentationOverRaisesTheFence() {
    Writer old = Writer.open(store, EPOCH).segments(1);
    CompletableFuture<Bytes> hinted = bytes("1000-701.0.m4s");
    assertThat(store.takeOver(PATH, EPOCH + 5)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(old.part()).isEqualTo(new AppendResult.Stale(EPOCH + 5));
    assertThat(store.takeOver(PATH, EPOCH + 1)).isEqualTo(new AppendResult.Stale(EPOCH + 5));
    assertThat(hinted).isNotDone();

    Writer next = new Writer(store, EPOCH + 5, 701);
    next.describe("init of 1005");
    assertThat(next.part()).isEqualTo(AppendResult.ACCEPTED);
    assertMissing(hinted);
    assertThat(store.view(PATH).orElseThrow().presentationEpoch()).isEqualTo(EPOCH);
    next.end();
    assertThat(store.takeOver(PATH, EPOCH + 6)).isEqualTo(new AppendResult.Stale(EPOCH + 5));
  }

  @Test
  void answersTheExpectedPosition() {
    Writer.open(store, EPOCH).segments(1);
    Writer late = new Writer(store, EPOCH, 703);
    late.describe("init of 1000");

    assertThat(late.part()).isEqualTo(new AppendResult.Expected(new LogPosition(EPOCH, 701, 0)));
  }

  @Test
  void nothingIsWrittenAfterTheEndOrBeforeTheBeginning() {
    assertThatThrownBy(() -> new Writer(store, EPOCH, 1).part())
        .isInstanceOf(ProtocolException.class);
    Writer writer = Writer.open(store, EPOCH);
    writer.end();

    assertThat(writer.part()).isEqualTo(new AppendResult.Stale(EPOCH));
    assertThat(store.open(PATH, EPOCH, Targets.DEFAULT)).isEqualTo(new AppendResult.Stale(EPOCH));
  }

  @Test
  void openingTwiceWithTheSameEpochChangesNothing() {
    Writer writer = Writer.open(store, EPOCH).segments(1);

    assertThat(store.open(PATH, EPOCH, Targets.DEFAULT)).isEqualTo(AppendResult.ACCEPTED);
    assertThat(writer.part()).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void keepsRemovedSegmentsForTheirAvailabilityDuration() throws Exception {
    Writer writer = Writer.open(store, EPOCH).segments(15);
    String first = "1000-700.m4s";
    writer.segments(1); // 700 leaves the playlist now

    // Its own 2 s, the longest playlist 31.5 s (just before it left), and 10 s of grace.
    pass(Duration.ofMillis(43_400));
    assertThat(bytes(first).get().length()).isPositive();
    pass(Duration.ofMillis(200));
    assertMissing(bytes(first));

    long before = store.heldBytes();
    store.sweep();
    assertThat(store.heldBytes()).isLessThan(before);
  }

  @Test
  void memoryStaysFlatOverALongStream() {
    Writer writer = Writer.open(store, EPOCH).segments(60);
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      writer.segments(1);
    }
    long held = store.heldBytes();
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(2));
      writer.segments(1);
    }
    assertThat(store.heldBytes()).isEqualTo(held);
    // 15 listed, and what left in the last 43.5 s.
    assertThat(held).isEqualTo((15L + 22) * 4 * content(EPOCH, 900, 0).length());
  }

  @Test
  void keepsAnInitializationSectionWhileASegmentNeedsIt() throws Exception {
    Writer writer = Writer.open(store, EPOCH).segments(1);
    String first = writer.init();
    writer.describe("another");
    writer.segments(15);
    pass(Duration.ofSeconds(43));
    writer.part();
    assertThat(bytes(first).get()).isEqualTo(Bytes.utf8("init of 1000"));

    pass(Duration.ofSeconds(10));
    writer.part();

    assertMissing(bytes(first));
    assertThat(bytes(writer.init()).get()).isEqualTo(Bytes.utf8("another"));
  }

  @Test
  void endedPresentationVanishesAfterItsTime() {
    Writer.open(store, EPOCH).segments(3).end();
    List<LogRecord> records = new ArrayList<>();
    store.follow(PATH, records::add).orElseThrow().close();

    pass(Duration.ofSeconds(61));

    assertThat(store.streams()).isEmpty();
    assertThat(store.view(PATH)).isEmpty();
    assertThat(store.follow(PATH, records::add)).isEmpty();
    assertMissing(bytes("1000-700.m4s"));
    store.sweep();
    assertThat(store.heldBytes()).isZero();
  }

  @Test
  void followerOutlivesThePresentation() {
    Writer.open(store, EPOCH).segments(1).end();
    List<LogRecord> records = new ArrayList<>();
    assertThat(store.follow(PATH, records::add)).isPresent();
    pass(Duration.ofSeconds(61));
    store.sweep();

    Writer.open(store, EPOCH + 1).part();

    assertThat(applied(records).epoch()).isEqualTo(EPOCH + 1);
  }

  @Test
  void replacedPresentationStaysReadableForItsViewers() throws Exception {
    Writer.open(store, EPOCH).segments(1);
    Writer.open(store, EPOCH + 1).segments(1);

    assertThat(bytes("1000-700.m4s").get().length()).isPositive();
    assertThat(bytes("1001-700.m4s").get().length()).isPositive();
    pass(Duration.ofSeconds(15));
    assertMissing(bytes("1000-700.m4s"));
  }

  @Test
  void endsAPresentationWhoseWriterIsGone() {
    Writer writer = Writer.open(store, EPOCH).segments(1);
    CompletableFuture<Bytes> hinted = bytes("1000-701.0.m4s");
    pass(Duration.ofSeconds(59));
    store.sweep();
    assertThat(store.view(PATH).map(StreamView::ended)).contains(false);

    pass(Duration.ofSeconds(1));
    store.sweep();

    assertThat(store.view(PATH).map(StreamView::ended)).contains(true);
    assertMissing(hinted);
    assertThat(writer.part()).isEqualTo(new AppendResult.Stale(EPOCH));
  }

  @Test
  void dropsWhatNoPlaylistListsFirstWhenThereIsTooMuch() throws Exception {
    long segmentBytes = 4L * content(EPOCH, 700, 0).length();
    OriginStore small = storeOf(20 * segmentBytes);
    Writer writer = Writer.open(small, EPOCH).segments(19);
    assertThat(small.bytes(PATH, "video", "1000-700.m4s")).isCompleted();

    writer.segments(5);

    assertThat(small.heldBytes()).isLessThanOrEqualTo(20 * segmentBytes);
    assertMissing(small.bytes(PATH, "video", "1000-700.m4s").toCompletableFuture());
    assertThat(small.bytes(PATH, "video", "1000-709.m4s").toCompletableFuture().get().length())
        .as("the oldest listed segment")
        .isPositive();
  }

  @Test
  void dropsOldListedSegmentsOfTheLargestStreamWhenNothingElseIsLeft() {
    long segmentBytes = 4L * content(EPOCH, 700, 0).length();
    OriginStore small = storeOf(10 * segmentBytes);
    StreamPath other = new StreamPath("live", "zwei");
    small.open(other, EPOCH, Targets.DEFAULT);
    Writer.open(small, EPOCH).segments(12);

    assertThat(small.heldBytes()).isLessThanOrEqualTo(10 * segmentBytes);
    assertMissing(small.bytes(PATH, "video", "1000-701.m4s").toCompletableFuture());
    assertThat(small.bytes(PATH, "video", "1000-711.m4s")).isCompleted();
    assertThat(small.streams()).containsExactly(PATH, other);
  }

  @Test
  void gapsAndReplacedPresentationsDoNotStopTheEviction() {
    long segmentBytes = 4L * content(EPOCH, 700, 0).length();
    OriginStore small = storeOf(3 * segmentBytes);
    Writer writer = Writer.open(small, EPOCH);
    writer.gap();
    writer.endMarker();
    writer.segments(1);

    Writer.open(small, EPOCH + 1).segments(3);

    assertThat(small.heldBytes()).isEqualTo(3 * segmentBytes);
    assertMissing(small.bytes(PATH, "video", "1000-701.m4s").toCompletableFuture());
  }

  @Test
  void neverDropsTheLiveEdge() {
    OriginStore tiny = storeOf(1);
    Writer.open(tiny, EPOCH).segments(5).part();

    assertThat(tiny.bytes(PATH, "video", "1000-703.m4s")).isCompleted();
    assertThat(tiny.bytes(PATH, "video", "1000-705.0.m4s")).isCompleted();
  }

  @Test
  void boundsHowManyWait() {
    OriginStore few =
        new OriginStore(
            new OriginConfig(1000, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), 2),
            () -> nowNanos);
    Writer writer = Writer.open(few, EPOCH);
    writer.part();
    for (int i = 0; i < 2; i++) {
      assertThat(few.bytes(PATH, "video", "1000-700.1.m4s").toCompletableFuture()).isNotDone();
    }

    assertThat(few.bytes(PATH, "video", "1000-700.1.m4s").toCompletableFuture())
        .failsWithin(Duration.ofSeconds(1))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(ProtocolException.class);
    writer.part();
    assertThat(few.bytes(PATH, "video", "1000-700.2.m4s").toCompletableFuture()).isNotDone();
  }

  @Test
  void aFollowerMayUseTheStoreFromWithin() {
    Writer writer = Writer.open(store, EPOCH);
    List<LogRecord> records = new ArrayList<>();
    store.follow(
        PATH,
        record -> {
          records.add(record);
          if (record instanceof LogRecord.Appended) {
            assertThat(bytes("1000-700.0.m4s")).isCompleted();
            writer.end();
          }
        });

    assertThat(writer.part()).isEqualTo(AppendResult.ACCEPTED);

    assertThat(records.getLast()).isInstanceOf(LogRecord.Ended.class);
    assertThat(positions(records)).containsExactly(new LogPosition(EPOCH, 700, 0));
  }

  @Test
  void aFailingFollowerHurtsNobody() {
    Writer writer = Writer.open(store, EPOCH);
    List<LogRecord> records = new ArrayList<>();
    store.follow(
        PATH,
        record -> {
          throw new IllegalStateException("told to fail");
        });
    store.follow(PATH, records::add);

    assertThat(writer.part()).isEqualTo(AppendResult.ACCEPTED);
    assertThat(positions(records)).hasSize(1);
  }

  @Test
  void followersThatJoinWhileItIsWrittenMissNothingAndHearNothingTwice() throws Exception {
    Writer writer = Writer.open(store, EPOCH).segments(1);
    int count = 40;
    List<List<LogRecord>> heard = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      heard.add(Collections.synchronizedList(new ArrayList<>()));
    }
    CountDownLatch joined = new CountDownLatch(count);
    List<Thread> threads =
        heard.stream()
            .map(
                records ->
                    Thread.startVirtualThread(
                        () -> {
                          assertThat(store.follow(PATH, records::add)).isPresent();
                          joined.countDown();
                        }))
            .toList();
    do {
      writer.segments(1);
    } while (joined.getCount() > 0);
    writer.end();
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
    }

    assertThat(joined.await(5, TimeUnit.SECONDS)).isTrue();
    for (List<LogRecord> records : heard) {
      // apply() refuses holes and repetitions.
      StreamView view = applied(records);
      assertThat(view.ended()).isTrue();
      assertThat(view.replay()).isEqualTo(store.view(PATH).orElseThrow().replay());
    }
  }

  @Test
  void closeLetsGoWhoWaits() {
    Writer.open(store, EPOCH).segments(1);
    CompletableFuture<Bytes> hinted = bytes("1000-701.0.m4s");

    store.close();

    assertMissing(hinted);
    assertThat(store.streams()).isEmpty();
  }

  private OriginStore storeOf(long maxBytes) {
    return new OriginStore(
        new OriginConfig(
            maxBytes, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), 100),
        () -> nowNanos);
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }
}
