package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.AvcSps;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.testkit.SharedMedia;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that change, are damaged, or are not what a browser plays. */
class SourceKindsTest {
  private static final VideoRung RUNG = new VideoRung("180p", Codec.H264, 320, 180, 1, 300_000);
  private static final LadderPlan PLAN = new LadderPlan(List.of(RUNG), List.of(), "", false);

  @TempDir Path folder;
  private final Map<String, RecordedRung> rungs = new ConcurrentHashMap<>();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_QUIET);
  }

  private RecordedRung run(List<FeedRecord> records) {
    try (Pipeline pipeline =
        new Pipeline(
            new PipelineSettings("libx264", "ultrafast", 1, false, 5_000_000, 160),
            new Failure(),
            name -> rungs.computeIfAbsent(name, _ -> new RecordedRung()),
            new NoPictures(),
            events::add,
            () -> 0,
            System::nanoTime)) {
      records.forEach(pipeline::accept);
      pipeline.end();
    }
    return Objects.requireNonNull(rungs.get("180p"));
  }

  private static List<Long> times(FileFeed feed) {
    return feed.frames(MediaType.VIDEO).stream().map(Frame::ptsUs).sorted().toList();
  }

  private static List<SegmentMark> marks(List<FeedRecord> records) {
    return records.stream()
        .filter(FeedRecord.Mark.class::isInstance)
        .map(record -> ((FeedRecord.Mark) record).mark())
        .toList();
  }

  @Test
  void aNewSizeChangesNothingOfTheRung() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/size_change_640_480_640.flv"));
    List<FeedRecord> records = feed.records(PLAN);
    assertThat(marks(records).getLast().section()).isEqualTo(3);

    RecordedRung rung = run(records);
    assertThat(rung.timesUs()).isEqualTo(times(feed));
    assertThat(rung.marks).isEqualTo(marks(records));
    assertThat(rung.keysUs()).hasSameSizeAs(rung.marks);
    assertThat(rung.descriptions).allMatch(described -> described.width() == 320);
  }

  @Test
  void anotherReasonForTheSameRungsDoesNotRestartTheirEncoders() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    List<FeedRecord> records = new ArrayList<>();
    for (FeedRecord record : feed.records(PLAN)) {
      if (record instanceof FeedRecord.Mark(SegmentMark mark) && mark.mediaUs() == 4_000_000) {
        FeedRecord.Tracks first =
            (FeedRecord.Tracks)
                records.stream()
                    .filter(FeedRecord.Tracks.class::isInstance)
                    .findFirst()
                    .orElseThrow();
        records.add(
            new FeedRecord.Tracks(
                first.tracks(), 0, new LadderPlan(List.of(RUNG), List.of(), "a reason", false)));
      }
      records.add(record);
    }

    RecordedRung rung = run(records);
    assertThat(events).containsExactly("H.264 is encoded by libx264");
    assertThat(rung.descriptions).hasSize(1);
    assertThat(rung.keysUs()).hasSameSizeAs(marks(records));
  }

  @Test
  void damageIsNotShownAndEndsWithTheNextKeyFrame() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    List<FeedRecord> clean = feed.records(PLAN);
    List<Frame> video = feed.frames(MediaType.VIDEO);
    List<Frame> good = run(clean).frames;
    rungs.clear();
    events.clear();

    long fromUs = video.get(60).ptsUs();
    long toUs = video.get(80).ptsUs();
    List<FeedRecord> damaged = clean.stream().map(record -> damaged(record, fromUs, toUs)).toList();
    RecordedRung rung = run(damaged);

    assertThat(rung.keysUs()).hasSameSizeAs(marks(clean));
    assertThat(events).filteredOn(event -> event.contains("damaged")).hasSize(1);
    int lost = good.size() - rung.frames.size();
    assertThat(lost).isBetween(0, 21);
    long nextKeyUs = rung.keysUs().stream().filter(key -> key > toUs).findFirst().orElseThrow();
    Track track = rung.tracks.getLast();
    List<int[]> expected = pictures((Track.Video) track, good, nextKeyUs);
    List<int[]> actual = pictures((Track.Video) track, rung.frames, nextKeyUs);
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i += 24) {
      assertThat(difference(expected.get(i), actual.get(i))).isLessThan(10);
    }
    // What was shown meanwhile is a picture of before, not noise.
    List<int[]> meanwhile = pictures((Track.Video) track, rung.frames, Long.MIN_VALUE);
    int before = (int) rung.timesUs().stream().filter(time -> time < fromUs - 100_000).count() - 1;
    int frozen = (int) rung.timesUs().stream().filter(time -> time < toUs + 200_000).count() - 1;
    assertThat(difference(meanwhile.get(before), meanwhile.get(frozen))).isLessThan(10);
  }

  /** Bytes in the middle of the frames of a time are flipped. */
  private static FeedRecord damaged(FeedRecord record, long fromUs, long toUs) {
    if (!(record instanceof FeedRecord.Media(Frame frame))
        || frame.type() != MediaType.VIDEO
        || frame.key()
        || frame.ptsUs() < fromUs
        || frame.ptsUs() > toUs) {
      return record;
    }
    byte[] data = frame.data().toArray();
    for (int i = data.length / 3; i < data.length; i += 7) {
      data[i] ^= 0x5A;
    }
    return new FeedRecord.Media(
        new Frame(frame.type(), 0, frame.dtsUs(), frame.ptsUs(), false, Bytes.wrap(data), 0));
  }

  /** The luma of each decoded picture from a time on, one value for each 8 by 8 pixels. */
  private static List<int[]> pictures(Track.Video track, List<Frame> frames, long fromUs) {
    List<int[]> pictures = new ArrayList<>();
    try (VideoDecoder decoder = new VideoDecoder(track, 1)) {
      for (Frame frame : frames) {
        decoder.decode(frame, picture -> add(picture, fromUs, pictures));
      }
      decoder.drain(picture -> add(picture, fromUs, pictures));
    }
    return pictures;
  }

  private static void add(AVFrame picture, long fromUs, List<int[]> pictures) {
    if (picture.pts() < fromUs) {
      return;
    }
    int[] luma = new int[picture.width() / 8 * (picture.height() / 8)];
    for (int i = 0; i < luma.length; i++) {
      long x = i % (picture.width() / 8) * 8L;
      long y = i / (picture.width() / 8) * 8L;
      luma[i] = picture.data(0).get(y * picture.linesize(0) + x) & 0xFF;
    }
    pictures.add(luma);
  }

  private static double difference(int[] a, int[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void interlacedPicturesBecomeWhole() throws Exception {
    FileFeed feed =
        made("testsrc2=size=320x180:rate=50", "tinterlace=interleave_top", "-flags", "+ilme+ildct");
    assertThat(feed.video().interlaced()).isTrue();
    List<FeedRecord> records =
        feed.records(new LadderPlan(List.of(RUNG), List.of(), "interlaced", true));
    RecordedRung rung = run(records);

    assertThat(((Track.Video) rung.tracks.getLast()).interlaced()).isFalse();
    assertThat(rung.timesUs()).isEqualTo(times(feed));
    assertThat(rung.keysUs()).hasSameSizeAs(marks(records));
  }

  @Test
  void tenBitsBecomeEightAndColoursAndShapeAreKept() throws Exception {
    FileFeed feed =
        made(
            "testsrc2=size=240x180:rate=25",
            "setsar=4/3,format=yuv420p10le",
            "-color_primaries",
            "bt2020",
            "-color_trc",
            "arib-std-b67",
            "-colorspace",
            "bt2020nc",
            "-color_range",
            "tv");
    RecordedRung rung = run(feed.records(PLAN));

    Track.Video track = (Track.Video) rung.tracks.getLast();
    assertThat(track.codecs()).startsWith("avc1.42");
    assertThat(track.width()).isEqualTo(320);
    assertThat(track.sarWidth()).isEqualTo(track.sarHeight());
    assertThat(rung.timesUs()).isEqualTo(times(feed));
    Bytes sps = AvcDecoderConfiguration.read(track.configuration()).sps().getFirst();
    assertThat(colour(sps)).contains("primaries=9").contains("transfer=18").contains("matrix=9");
  }

  private static String colour(Bytes sps) {
    return String.valueOf(AvcSps.read(sps));
  }

  private FileFeed made(String source, String filter, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-f", "lavfi", "-i", source, "-t", "5"));
    arguments.addAll(List.of("-vf", filter, "-c:v", "libx264", "-g", "25", "-bf", "2"));
    arguments.addAll(List.of(options));
    return Footage.made(folder.resolve("made.mp4"), arguments.toArray(String[]::new));
  }
}
