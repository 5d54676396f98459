package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.AppendResult.Expected;
import dev.millrace.media.log.AppendResult.Stale;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.Targets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenerationGateTest {
  private static final long EPOCH = 1000;

  private final OriginStore store = new OriginStore(OriginConfig.defaults(), () -> 0);
  private final GenerationGate gate = new GenerationGate(store);

  @BeforeEach
  void open() {
    store.open(PATH, EPOCH, Targets.DEFAULT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void letsTheWriterOfTheNewestGenerationWrite() {
    long generation = gate.grant(PATH);
    RenditionSink sink = gate.sink(PATH, generation);
    Writer writer = new Writer(sink, EPOCH, 700);
    assertThat(writer.describe("init")).isEqualTo(AppendResult.ACCEPTED);
    assertThat(writer.part()).isEqualTo(AppendResult.ACCEPTED);
    assertThat(sink.tail(PATH, "video").orElseThrow().next())
        .isEqualTo(new LogPosition(EPOCH, 700, 1));
    assertThat(gate.isCurrent(PATH, generation)).isTrue();
  }

  @Test
  void refusesTheReplacedWriter() {
    Writer old = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH, 700);
    old.describe("init");
    old.part();
    RenditionSink next = gate.sink(PATH, gate.grant(PATH));

    assertThat(old.part()).isEqualTo(new Stale(EPOCH));
    assertThat(old.describe("another init")).isEqualTo(new Stale(EPOCH));
    assertThat(next.tail(PATH, "video").orElseThrow().next())
        .isEqualTo(new LogPosition(EPOCH, 700, 1));
  }

  @Test
  void generationsOfOtherPathsAreNoAffairOfAWriter() {
    RenditionSink sink = gate.sink(PATH, gate.grant(PATH));
    gate.grant(new StreamPath("live", "other"));
    assertThat(new Writer(sink, EPOCH, 700).describe("init")).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void refusesAllWritersOnceRevoked() {
    Writer writer = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH, 700);
    gate.revoke(PATH, 1);
    assertThat(writer.describe("init")).isEqualTo(new Stale(EPOCH));
    Writer next = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH, 700);
    assertThat(writer.describe("init")).isEqualTo(new Stale(EPOCH));
    assertThat(next.describe("init")).isEqualTo(AppendResult.ACCEPTED);
    assertThat(new Writer(gate.sink(PATH, 999), EPOCH, 1).describe("init"))
        .as("never granted")
        .isEqualTo(new Stale(EPOCH));
  }

  @Test
  void aStreamThatBeganAnewIsNotRevokedWithTheOldOne() {
    long old = gate.grant(PATH);
    Writer next = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH, 700);
    gate.revoke(PATH, old);
    assertThat(next.describe("init")).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void letsAWriterBeginTheSessionThatTookThePresentationOver() {
    Writer early = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH + 5, 700);
    early.describe("init");
    assertThatThrownBy(early::part).isInstanceOf(ProtocolException.class);
    store.takeOver(PATH, EPOCH + 5);
    assertThat(early.part()).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void acceptsTheSameEntryOnceMoreAndNoOther() {
    RenditionSink sink = gate.sink(PATH, gate.grant(PATH));
    Writer writer = new Writer(sink, EPOCH, 700);
    writer.describe("init");
    writer.segments(1);
    writer.part();
    PartEntry last = lastEntry();
    Bytes data = Writer.content(EPOCH, 701, 0);

    assertThat(sink.append(PATH, "video", last, data)).isEqualTo(AppendResult.ACCEPTED);
    PartEntry longer =
        new PartEntry(
            last.position(),
            last.durationUs() + 1,
            last.sizeBytes(),
            last.independent(),
            last.endOfSegment(),
            last.gap(),
            last.discontinuitySequence(),
            last.init(),
            last.programDateTimeUs(),
            last.keyFrameBytes(),
            last.sha256(),
            last.tree());
    assertThat(sink.append(PATH, "video", longer, data))
        .isEqualTo(new Expected(new LogPosition(EPOCH, 701, 1)));
    assertThat(entries()).as("nothing twice").hasSize(5);
  }

  @Test
  void refusesAnEntryOfASessionThatWasNotOpened() {
    Writer ahead = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH + 1, 700);
    Writer writer = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH, 700);
    writer.describe("init");
    assertThatThrownBy(
            () -> {
              Writer late = new Writer(gate.sink(PATH, gate.grant(PATH)), EPOCH + 1, 700);
              late.describe("init");
              late.part();
            })
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("was not opened");
    assertThat(ahead.describe("init")).isEqualTo(new Stale(EPOCH));
    assertThat(store.view(PATH).orElseThrow().epoch()).isEqualTo(EPOCH);
  }

  @Test
  void leavesPresentationsToTheirPackager() {
    RenditionSink sink = gate.sink(PATH, gate.grant(PATH));
    assertThat(sink).isNotInstanceOf(PartSink.class);
    assertThatThrownBy(() -> sink.tail(new StreamPath("live", "other"), "video"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void dropsPicturesOfAReplacedWriter() {
    new Writer(store, EPOCH, 700).describe("init");
    Picture picture = new Picture(160, 90, Bytes.utf8("jpeg"));
    long old = gate.grant(PATH);
    long next = gate.grant(PATH);
    gate.pictures(PATH, old).poster(PATH, EPOCH, picture);
    assertThat(store.poster(PATH)).isEmpty();
    gate.pictures(PATH, next).poster(PATH, EPOCH, picture);
    assertThat(store.poster(PATH)).contains(picture);
  }

  /** Two writers at once: from the moment of the grant the log is written by the new one only. */
  @Test
  void nothingOfTheOldWriterGetsInAfterTheGrant() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      StreamPath path = new StreamPath("live", "race-" + round);
      store.open(path, EPOCH, Targets.DEFAULT);
      RenditionSink old = gate.sink(path, gate.grant(path));
      new Writer(store, path, EPOCH, 700).describe("init");
      AtomicBoolean stale = new AtomicBoolean();
      CountDownLatch writing = new CountDownLatch(1);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    Writer parts = new Writer(old, path, EPOCH, 700);
                    parts.describe("init");
                    while (!stale.get()) {
                      stale.set(parts.lastPart() instanceof Stale);
                      writing.countDown();
                    }
                  });
      writing.await();
      RenditionSink next = gate.sink(path, gate.grant(path));
      long last = next.tail(path, "video").orElseThrow().next().msn();
      writer.join();
      assertThat(next.tail(path, "video").orElseThrow().next().msn()).isEqualTo(last);
    }
  }

  private List<PartEntry> entries() {
    return store.view(PATH).orElseThrow().rendition("video").orElseThrow().segments().stream()
        .map(Segment::entries)
        .flatMap(List::stream)
        .toList();
  }

  private PartEntry lastEntry() {
    return entries().getLast();
  }
}
