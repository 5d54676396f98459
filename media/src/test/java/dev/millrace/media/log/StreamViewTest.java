package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamViewTest {
  private static final long EPOCH = 1000;

  @Test
  void isEmptyBeforeAnythingIsKnown() {
    StreamView view = StreamView.empty();

    assertThat(view.opened()).isFalse();
    assertThat(view.renditions()).isEmpty();
    assertThat(view.replay()).isEmpty();
  }

  @Test
  void collectsPartsIntoSegments() {
    StreamView view =
        LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1).part(400_000).view();

    RenditionView video = view.rendition("video").orElseThrow();
    assertThat(video.completeSegments()).hasSize(1);
    assertThat(video.completeUs()).isEqualTo(2_000_000);
    assertThat(video.openSegment().orElseThrow().parts()).hasSize(1);
    assertThat(video.last()).contains(new LogPosition(EPOCH, 701, 0));
    assertThat(video.next()).contains(new LogPosition(EPOCH, 701, 1));
  }

  @Test
  void endMarkerClosesItsSegmentWithoutBeingAPart() {
    StreamView view =
        LogScript.open(EPOCH, Targets.DEFAULT).video().part(500_000).endMarker().view();

    Segment segment = view.renditions().getFirst().segments().getFirst();
    assertThat(segment.complete()).isTrue();
    assertThat(segment.parts()).hasSize(1);
    assertThat(segment.durationUs()).isEqualTo(500_000);
    assertThat(view.renditions().getFirst().last()).contains(new LogPosition(EPOCH, 700, 1));
    assertThat(view.renditions().getFirst().next()).contains(new LogPosition(EPOCH, 701, 0));
  }

  @Test
  void answersTheExpectedPositionToAHoleAndToARepetition() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1).part(500_000);
    AppendResult expected = new AppendResult.Expected(new LogPosition(EPOCH, 701, 1));

    assertThat(script.view().check(entry(EPOCH, 701, 2))).isEqualTo(expected);
    assertThat(script.view().check(entry(EPOCH, 701, 0))).isEqualTo(expected);
    assertThat(script.view().check(entry(EPOCH, 702, 0))).isEqualTo(expected);
    assertThat(script.view().check(entry(EPOCH, 701, 1))).isEqualTo(AppendResult.ACCEPTED);
    assertThatThrownBy(() -> script.view().apply(entry(EPOCH, 701, 2)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void beginsARenditionAtAnySegmentButWithItsFirstPart() {
    StreamView view = LogScript.open(EPOCH, Targets.DEFAULT).video().view();

    assertThat(view.check(entry(EPOCH, 5000, 3)))
        .isEqualTo(new AppendResult.Expected(new LogPosition(EPOCH, 5000, 0)));
    assertThat(view.check(entry(EPOCH, 5000, 0))).isEqualTo(AppendResult.ACCEPTED);
  }

  @Test
  void aNewSessionContinuesAtTheNextSegmentAndTheOldOneIsStale() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    assertThat(script.view().check(entry(EPOCH + 5, 701, 0))).isEqualTo(AppendResult.ACCEPTED);

    script.discontinuity(EPOCH + 5, 0).part(500_000);

    assertThat(script.view().epoch()).isEqualTo(EPOCH + 5);
    assertThat(script.view().check(entry(EPOCH, 701, 1)))
        .isEqualTo(new AppendResult.Stale(EPOCH + 5));
    assertThat(script.view().check(entry(EPOCH + 6, 701, 1)))
        .as("not in the middle of a segment")
        .isEqualTo(new AppendResult.Expected(new LogPosition(EPOCH + 5, 701, 1)));
  }

  @Test
  void anOlderPresentationDoesNotReplaceANewerOne() {
    StreamView view = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1).view();

    assertThat(view.check(new LogRecord.Opened(EPOCH - 1, Targets.DEFAULT)))
        .isEqualTo(new AppendResult.Stale(EPOCH));
    assertThat(view.apply(new LogRecord.Opened(EPOCH + 1, Targets.DEFAULT)).renditions()).isEmpty();
  }

  @Test
  void refusesWhatNoPositionCouldMakeRight() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    StreamView view = script.view();

    assertMalformed(view, withDiscontinuity(701, 42), "discontinuity sequence 40 or one more");
    assertMalformed(view, withDiscontinuity(701, 39), "discontinuity sequence 40 or one more");
    assertMalformed(
        view,
        new LogRecord.Appended(
            "video",
            new PartEntry(
                new LogPosition(EPOCH, 701, 0),
                0,
                0,
                false,
                true,
                false,
                40,
                "init-video.mp4",
                0,
                0,
                Bytes.EMPTY,
                Bytes.EMPTY)),
        "before the end marker");
    assertMalformed(
        view,
        new LogRecord.Appended("720p", ((LogRecord.Appended) entry(EPOCH, 701, 0)).entry()),
        "before its description");
    assertMalformed(StreamView.empty(), new LogRecord.Ended(), "before the beginning");
    assertMalformed(script.end().view(), entry(EPOCH, 701, 0), "after the end");
  }

  @Test
  void endClosesWhatIsOpen() {
    StreamView view =
        LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1).part(400_000).end().view();

    assertThat(view.ended()).isTrue();
    RenditionView video = view.renditions().getFirst();
    assertThat(video.openSegment()).isEmpty();
    assertThat(video.completeUs()).isEqualTo(2_400_000);
  }

  @Test
  void keepsDescriptionsAsLongAsAListedSegmentNeedsThem() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video("avc1.64001f", "init-a.mp4");
    script.segments(3).video("avc1.4d401e", "init-b.mp4");
    assertThat(script.view().renditions().getFirst().descriptions())
        .extracting(RenditionDescription::init)
        .containsExactly("init-a.mp4", "init-b.mp4");

    script.discontinuity(EPOCH + 1, 0).segments(15);

    assertThat(script.view().renditions().getFirst().descriptions())
        .extracting(RenditionDescription::init)
        .containsExactly("init-b.mp4");
  }

  @Test
  void measuresPeakOverContiguousSetsOfHalfToOneAndAHalfTargetDurations() {
    // TARGETDURATION 4: single segments of 1 s are too short to count, two of them are not.
    Targets targets = new Targets(1_000_000, 4, 500_000, 30_000_000);
    LogScript script = LogScript.open(EPOCH, targets).video();
    int[] sizes = {100_000, 500_000, 100_000, 100_000};
    for (int size : sizes) {
      script.append("video", 1_000_000, size, true, false);
    }
    script.append("video", 1_000_000, 0, true, true);

    Bitrates bitrates = script.view().renditions().getFirst().bitrates(targets);

    assertThat(bitrates.peakBps()).isEqualTo((500_000 + 100_000) * 8 / 2);
    assertThat(bitrates.averageBps()).isEqualTo(800_000 * 8 / 4);
    assertThat(bitrates.measuredUs()).isEqualTo(4_000_000);
  }

  private static void assertMalformed(StreamView view, LogRecord record, String message) {
    assertThatThrownBy(() -> view.apply(record))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }

  private static LogRecord entry(long epoch, long msn, int part) {
    return new LogRecord.Appended(
        "video",
        new PartEntry(
            new LogPosition(epoch, msn, part),
            500_000,
            10,
            true,
            false,
            false,
            40,
            "init-video.mp4",
            0,
            0,
            Bytes.EMPTY,
            Bytes.EMPTY));
  }

  private static LogRecord withDiscontinuity(long msn, long sequence) {
    return new LogRecord.Appended(
        "video",
        new PartEntry(
            new LogPosition(EPOCH, msn, 0),
            500_000,
            10,
            true,
            false,
            false,
            sequence,
            "init-video.mp4",
            0,
            0,
            Bytes.EMPTY,
            Bytes.EMPTY));
  }

  @Test
  void replayTellsTheSameViewAgain() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video("a", "init-a.mp4").audio();
    script.segments(4).part(500_000).endMarker().gap(500_000, 500_000);
    script.video("b", "init-b.mp4").discontinuity(EPOCH + 1, 3_000_000).segments(2).part(300_000);

    StreamView again = StreamView.empty();
    List<LogRecord> replay = script.view().replay();
    for (LogRecord record : replay) {
      again = again.apply(record);
    }

    assertThat(again.replay()).isEqualTo(replay);
    assertThat(again.epoch()).isEqualTo(script.view().epoch());
    assertThat(again.presentationEpoch()).isEqualTo(EPOCH);
  }
}
