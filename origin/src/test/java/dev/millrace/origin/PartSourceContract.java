package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static dev.millrace.origin.Writer.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.StreamView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link PartSource} promises, whoever stands between it and the writer. */
abstract class PartSourceContract {
  static final long EPOCH = 1000;

  abstract PartSource source();

  /** Where the writer of what {@link #source} reads writes. */
  abstract PartSink sink();

  @Test
  void knowsNothingOfAStreamThatWasNotOpened() {
    assertThat(source().streams()).isEmpty();
    assertThat(source().follow(PATH, record -> {})).isEmpty();
    assertMissing(bytes("1000-700.m4s"));
  }

  @Test
  void followerGetsTheWindowAndThenWhatIsNew() {
    Writer writer = Writer.open(sink(), EPOCH).segments(2);
    List<LogRecord> records = new ArrayList<>();

    assertThat(source().follow(PATH, records::add)).isPresent();
    assertThat(records.getFirst()).isInstanceOf(LogRecord.Opened.class);
    assertThat(records.get(1)).isInstanceOf(LogRecord.Described.class);
    assertThat(positions(records)).hasSize(8).isSorted();

    writer.part();
    writer.endMarker();
    writer.end();
    assertThat(positions(records)).hasSize(10).endsWith(new LogPosition(EPOCH, 702, 1));
    assertThat(records.getLast()).isInstanceOf(LogRecord.Ended.class);
  }

  @Test
  void followerOfALongStreamGetsItsWindowOnly() {
    Writer.open(sink(), EPOCH).segments(100);
    List<LogRecord> records = new ArrayList<>();

    assertThat(source().follow(PATH, records::add)).isPresent();

    assertThat(positions(records))
        .hasSize(15 * 4)
        .first()
        .isEqualTo(new LogPosition(EPOCH, 785, 0));
    assertThat(applied(records).renditions().getFirst().segments()).hasSize(15);
  }

  @Test
  void closedFollowingHearsNothingMore() {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    List<LogRecord> records = new ArrayList<>();
    Following following = source().follow(PATH, records::add).orElseThrow();
    int heard = records.size();

    following.close();
    writer.part();

    assertThat(records).hasSize(heard);
  }

  @Test
  void followerOfAnEndedPresentationHearsOfTheNext() {
    Writer.open(sink(), EPOCH).segments(1).end();
    List<LogRecord> records = new ArrayList<>();
    assertThat(source().follow(PATH, records::add)).isPresent();
    assertThat(records.getLast()).isInstanceOf(LogRecord.Ended.class);

    Writer.open(sink(), EPOCH + 1).part();

    StreamView view = applied(records);
    assertThat(view.ended()).isFalse();
    assertThat(view.epoch()).isEqualTo(EPOCH + 1);
    assertThat(positions(records)).endsWith(new LogPosition(EPOCH + 1, 700, 0));
  }

  @Test
  void givesPartsSegmentsAndInitByName() throws Exception {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    writer.part();

    assertThat(bytes("1000-700.2.m4s").get()).isEqualTo(content(EPOCH, 700, 2));
    assertThat(bytes("1000-701.0.m4s").get()).isEqualTo(content(EPOCH, 701, 0));
    Bytes whole =
        Bytes.concat(
            List.of(
                content(EPOCH, 700, 0),
                content(EPOCH, 700, 1),
                content(EPOCH, 700, 2),
                content(EPOCH, 700, 3)));
    assertThat(bytes("1000-700.m4s").get()).isEqualTo(whole);
    assertThat(bytes("1000-700.3.m4s").get())
        .as("as before it was joined")
        .isEqualTo(content(EPOCH, 700, 3));
    assertThat(bytes(writer.init()).get()).isEqualTo(Bytes.utf8("init of 1000"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000-701.m4s",
        "1000-701.2.m4s",
        "1000-702.0.m4s",
        "1000-699.0.m4s",
        "999-701.1.m4s",
        "1001-701.1.m4s",
        "1000-0701.1.m4s",
        "init-0123456789abcdef.mp4",
        "../video/1000-700.m4s",
        "",
        "index.m3u8"
      })
  void doesNotWaitForWhatIsNeitherThereNorNext(String file) {
    Writer.open(sink(), EPOCH).segments(1).part();

    assertMissing(bytes(file));
  }

  @Test
  void unknownRenditionsAndStreamsHaveNoFiles() {
    Writer.open(sink(), EPOCH).segments(1);

    assertMissing(source().bytes(PATH, "audio", "1000-700.m4s").toCompletableFuture());
    assertMissing(
        source()
            .bytes(new StreamPath("live", "other"), "video", "1000-700.m4s")
            .toCompletableFuture());
  }

  @Test
  void waitsForTheHintedPart() throws Exception {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    CompletableFuture<Bytes> first = bytes("1000-701.0.m4s");
    CompletableFuture<Bytes> second = bytes("1000-701.0.m4s");
    assertThat(first).isNotDone();

    writer.part();

    assertThat(first.get()).isEqualTo(content(EPOCH, 701, 0));
    assertThat(second.get()).isEqualTo(content(EPOCH, 701, 0));
    assertThat(bytes("1000-701.1.m4s")).isNotDone();
  }

  @Test
  void hintedPartThatDoesNotComeIsMissing() {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    writer.part();
    CompletableFuture<Bytes> beforeEndMarker = bytes("1000-701.1.m4s");
    writer.endMarker();
    assertMissing(beforeEndMarker);

    CompletableFuture<Bytes> beforeEnd = bytes("1000-702.0.m4s");
    writer.end();
    assertMissing(beforeEnd);
    assertMissing(bytes("1000-702.0.m4s"));
  }

  @Test
  void hintedPartThatBecomesAGapHasNoBytes() throws Exception {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    CompletableFuture<Bytes> hinted = bytes("1000-701.0.m4s");

    writer.gap();

    assertThat(hinted.get()).isEqualTo(Bytes.EMPTY);
    assertThat(bytes("1000-701.0.m4s").get()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void segmentWithAGapCannotBeReadAsAWholeButItsPartsCan() throws Exception {
    Writer writer = Writer.open(sink(), EPOCH);
    writer.part();
    writer.gap();
    writer.endMarker();

    assertMissing(bytes("1000-700.m4s"));
    assertThat(bytes("1000-700.0.m4s").get()).isEqualTo(content(EPOCH, 700, 0));
  }

  @Test
  void endedPresentationStaysReadable() throws Exception {
    Writer writer = Writer.open(sink(), EPOCH).segments(1);
    writer.part();
    writer.end();

    assertThat(source().streams()).containsExactly(PATH);
    assertThat(bytes("1000-700.m4s").get().length()).isPositive();
    assertThat(bytes("1000-701.m4s").get())
        .as("closed by the end")
        .isEqualTo(content(EPOCH, 701, 0));
  }

  CompletableFuture<Bytes> bytes(String file) {
    return source().bytes(PATH, "video", file).toCompletableFuture();
  }

  static void assertMissing(CompletableFuture<Bytes> bytes) {
    assertThat(bytes)
        .failsWithin(Duration.ofSeconds(2))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(NoSuchFileException.class);
  }

  static List<LogPosition> positions(List<LogRecord> records) {
    return records.stream()
        .filter(LogRecord.Appended.class::isInstance)
        .map(record -> ((LogRecord.Appended) record).entry().position())
        .toList();
  }

  static StreamView applied(List<LogRecord> records) {
    StreamView view = StreamView.empty();
    for (LogRecord record : records) {
      view = view.apply(record);
    }
    return view;
  }
}
