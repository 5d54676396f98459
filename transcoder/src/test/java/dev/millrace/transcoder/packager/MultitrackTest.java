package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several video tracks of one publisher: each a rendition with the segments of the first. */
class MultitrackTest {
  private static final String ONE = "video-1";
  private static final String TWO = "video-2";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Rig rig;

  @BeforeEach
  void rig() {
    rig = new Rig(folder);
  }

  @ParameterizedTest
  @ValueSource(doubles = {25, 29.97, 30, 60})
  void everySegmentOfEveryTrackBeginsWithTheKeyFrameOfTheSameMoment(double fps) {
    int gop = (int) Math.round(2 * fps);
    rig.start(track(0, fps), track(1, fps), track(2, fps), Rig.audioTrack(48_000));
    play(
        of(0, Sources.video(fps, 0, 12, gop)),
        of(1, Sources.video(fps, 0, 12, gop)),
        of(2, Sources.video(fps, 0, 12, gop)),
        of(0, Sources.audio(48_000, 0, 12)));
    rig.endSession().endStream();

    RecordedLog log = rig.checked();
    assertThat(log.records).contains(new LogRecord.Expected(List.of(ONE, TWO)));
    assertThat(shape("video")).isEqualTo("MMMMMM");
    for (String name : List.of(ONE, TWO)) {
      assertThat(shape(name)).as(name).isEqualTo("MMMMMM");
      rig.rules.checkMarks(log, name, marks(), 1);
      assertThat(log.of(name))
          .filteredOn(line -> line.entry().position().part() == 0)
          .allMatch(line -> line.entry().independent());
      assertThat(starts(name)).isEqualTo(starts("video"));
      assertThat(RecordedLog.samples(log.of(name))).hasSameSizeAs(RecordedLog.samples(log.video()));
    }
    assertThat(rig.warned).isEmpty();
  }

  @Test
  void tracksWithReorderedPicturesKeepTheirPresentationTimes() {
    rig.start(track(0, 25), track(1, 25));
    play(
        of(0, Sources.video(25, 0, 8, frame -> frame % 50 == 0, 2)),
        of(1, Sources.video(25, 0, 8, 50)).stream().map(frame -> frame.later(40_000)).toList());
    rig.endSession().endStream();

    assertThat(shape(ONE)).isEqualTo("MMMM");
    assertThat(starts(ONE)).isEqualTo(starts("video"));
    assertThat(rig.warned).isEmpty();
  }

  @Test
  void partsOfATrackComeAFrameAfterThoseOfTheFirst() {
    rig.start(track(0, 25), track(1, 25));
    play(of(0, Sources.video(25, 0, 6, 50)), of(1, Sources.video(25, 0, 6, 50)));

    List<Line> first = rig.checked().video();
    List<Line> second = rig.log.of(ONE);
    for (int i = 0; i < second.size(); i++) {
      assertThat(second.get(i).entry().position()).isEqualTo(first.get(i).entry().position());
      assertThat(second.get(i).atNanos() - first.get(i).atNanos()).isBetween(0L, 41_000_000L);
    }
  }

  @Test
  void aTrackThatComesLateJoinsWithTheNextSegment() {
    rig.start(track(0, 25));
    play(of(0, Sources.video(25, 0, 3, 50)));
    rig.tracks(track(0, 25), track(1, 25));
    play(
        of(0, Sources.video(25, 3, 7, frame -> frame % 50 == 25, 0)),
        of(1, Sources.video(25, 3, 7, frame -> frame % 50 == 25, 0)));
    rig.endSession().endStream();

    RecordedLog log = rig.checked();
    assertThat(shape("video")).isEqualTo("MMMMM");
    assertThat(shape(ONE)).isEqualTo("MMM");
    assertThat(starts(ONE)).isEqualTo(starts("video").subList(2, 5));
    assertThat(log.video().stream().map(line -> line.entry().discontinuitySequence()))
        .as("nothing happens to the first track")
        .containsOnly(0L);
  }

  @Test
  void aTrackThatStopsGetsGapsAndReturnsAtAKeyFrame() {
    rig.start(track(0, 25), track(1, 25));
    play(of(0, Sources.video(25, 0, 4, 50)), of(1, Sources.video(25, 0, 4, 50)));
    play(of(0, Sources.video(25, 4, 5, 50)));
    play(
        of(0, Sources.video(25, 9, 5, frame -> frame % 50 == 25, 0)),
        of(1, Sources.video(25, 9, 5, frame -> frame % 50 == 25, 0)));
    rig.endSession().endStream();

    assertThat(shape("video")).isEqualTo("MMMMMMM");
    assertThat(shape(ONE)).isEqualTo("MMGGGMM");
    rig.rules.checkMarks(rig.checked(), ONE, marks(), 1);
    assertThat(rig.log.of(ONE))
        .extracting(line -> line.entry().discontinuitySequence())
        .containsOnly(0L);
  }

  @Test
  void keyFramesElsewhereThanTheFirstTracksAreToldOnceAndSegmentsStillEndTogether() {
    rig.start(track(0, 25), track(1, 25));
    play(
        of(0, Sources.video(25, 0, 16, 50)),
        of(1, Sources.video(25, 0, 16, frame -> frame % 60 == 20, 0)));
    rig.endSession().endStream();

    RecordedLog log = rig.checked();
    assertThat(rig.warned).containsExactly("multitrack-unaligned");
    assertThat(rig.warnings.get("multitrack-unaligned")).contains("video track 1");
    assertThat(shape("video")).isEqualTo("MMMMMMMM");
    rig.rules.checkMarks(log, ONE, marks(), 1);
    List<PartEntry> media =
        log.of(ONE).stream().map(Line::entry).filter(entry -> !entry.gap()).toList();
    assertThat(media).hasSizeGreaterThan(10).anyMatch(entry -> !entry.independent());
    assertThat(media.getFirst().independent()).isTrue();
  }

  @Test
  void aPublisherThatReconnectsGoesOnInAllTracksBehindOneDiscontinuity() {
    rig.start(track(0, 25), track(1, 25));
    play(of(0, Sources.video(25, 0, 4, 50)), of(1, Sources.video(25, 0, 4, 50)));
    rig.endSession().idle(5_000);
    rig.start(track(0, 25), track(1, 25));
    play(of(0, Sources.video(25, 0, 4, 50)), of(1, Sources.video(25, 0, 4, 50)));
    rig.endSession().endStream();

    RecordedLog log = rig.checked();
    assertThat(shape(ONE)).isEqualTo(shape("video"));
    rig.rules.checkMarks(log, ONE, marks(), 1);
    assertThat(discontinuities(ONE)).isEqualTo(discontinuities("video"));
    assertThat(log.described(ONE)).hasSize(1);
  }

  @Test
  void feedHasTheMainTracksOnly() {
    rig.start(track(0, 25), track(1, 25));
    play(of(0, Sources.video(25, 0, 2, 50)), of(1, Sources.video(25, 0, 2, 50)));

    for (FeedRecord record : rig.ladder.records) {
      if (record instanceof FeedRecord.Tracks tracks) {
        assertThat(tracks.tracks()).extracting(Track::id).containsOnly(0);
      }
      if (record instanceof FeedRecord.Media(Frame frame)) {
        assertThat(frame.trackId()).isZero();
      }
    }
    assertThat(rig.log.records).contains(new LogRecord.Expected(List.of(ONE)));
  }

  private record Sent(int trackId, Timed timed) {
    Sent later(long us) {
      return new Sent(trackId, timed.later(us));
    }
  }

  private static List<Sent> of(int trackId, List<Timed> frames) {
    return frames.stream().map(frame -> new Sent(trackId, frame)).toList();
  }

  /** As they would come over one connection: by time, within one message as they are given. */
  @SafeVarargs
  private void play(List<Sent>... tracks) {
    List<Sent> all = new ArrayList<>();
    for (List<Sent> track : tracks) {
      all.addAll(track);
    }
    all.sort(Comparator.comparingLong(sent -> sent.timed().arrivalUs()));
    long zero = rig.nanos();
    for (Sent sent : all) {
      rig.idle((zero + sent.timed().arrivalUs() * 1_000 - rig.nanos()) / 1_000_000);
      Frame frame = sent.timed().frame(rig.nanos());
      rig.on(
          new FrameArrived(
              new Frame(
                  frame.type(),
                  frame.type() == MediaType.VIDEO ? sent.trackId() : 0,
                  frame.dtsUs(),
                  frame.ptsUs(),
                  frame.key(),
                  frame.data(),
                  frame.arrivalNanos())));
    }
  }

  private static Track.Video track(int id, double fps) {
    Track.Video main = Rig.videoTrack(fps);
    return new Track.Video(
        id,
        main.codec(),
        main.codecs(),
        main.configuration(),
        640 >> id,
        360 >> id,
        1,
        1,
        main.frameRate(),
        false);
  }

  private NavigableMap<Long, SegmentMark> marks() {
    NavigableMap<Long, SegmentMark> marks = new TreeMap<>();
    for (FeedRecord record : rig.ladder.records) {
      if (record instanceof FeedRecord.Mark(SegmentMark mark)) {
        marks.put(mark.msn(), mark);
      }
    }
    return marks;
  }

  /** Presentation time and key of each segment's first sample. */
  private List<String> starts(String name) {
    return rig.log.of(name).stream()
        .filter(line -> line.entry().position().part() == 0 && line.fragment().isPresent())
        .map(
            line ->
                line.entry().position().msn()
                    + " "
                    + line.fragment().get().samples().getFirst().presentationTime()
                    + " "
                    + line.entry().independent())
        .toList();
  }

  private List<Long> discontinuities(String name) {
    return RecordedLog.segments(rig.log.of(name)).values().stream()
        .map(lines -> lines.getFirst().entry().discontinuitySequence())
        .toList();
  }

  /** Which segments are gap (G), media (M) or both (g), oldest first. */
  private String shape(String name) {
    return RecordedLog.segments(rig.log.of(name)).values().stream()
        .map(
            lines -> {
              long gaps = lines.stream().filter(line -> line.entry().gap()).count();
              return gaps == 0 ? "M" : gaps == lines.size() ? "G" : "g";
            })
        .collect(Collectors.joining());
  }
}
