package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real footage through the pipeline; what comes out is judged by decoding it. */
class PipelineTest {
  private final Map<String, RecordedRung> rungs = new ConcurrentHashMap<>();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_FATAL);
  }

  private static VideoRung rung(String name, int width, int height, int divisor) {
    return new VideoRung(name, Codec.H264, width, height, divisor, 300_000);
  }

  private static LadderPlan plan(VideoRung... video) {
    return new LadderPlan(List.of(video), List.of(), "", false);
  }

  private RecordedRung rung(String name) {
    return Objects.requireNonNull(rungs.get(name));
  }

  private void run(List<FeedRecord> records) {
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
  }

  private static List<SegmentMark> marks(List<FeedRecord> records) {
    return records.stream()
        .filter(FeedRecord.Mark.class::isInstance)
        .map(record -> ((FeedRecord.Mark) record).mark())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "bbb_480p_gop2s.flv, 426, 240",
    "60fps_4slices_mono44k.flv, 320, 180",
    "portrait_odd_crop.flv, 120, 214",
    "hevc_640x360.mp4, 320, 180",
    "open_gop_bpyramid.flv, 320, 180",
    "vfr_8_to_24fps.flv, 320, 180",
    "gop_30s.flv, 320, 180"
  })
  void everyFrameComesOutAndEverySegmentBeginsWithAKeyFrame(String name, int width, int height) {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/" + name));
    List<FeedRecord> records =
        feed.records(plan(rung("big", width, height, 1), rung("small", 160, 90, 2)));
    run(records);

    List<Long> source = feed.frames(MediaType.VIDEO).stream().map(Frame::ptsUs).sorted().toList();
    RecordedRung big = rung("big");
    assertThat(big.timesUs()).isEqualTo(source);
    assertThat(big.marks).isEqualTo(marks(records));
    assertThat(big.keysUs()).isEqualTo(firstAtOrAfter(marks(records), source));
    assertThat(big.ended).isTrue();

    RecordedRung small = rung("small");
    assertThat(small.keysUs()).isEqualTo(big.keysUs());
    assertThat(small.timesUs()).isEqualTo(everySecond(source, big.keysUs()));
    assertThat(small.descriptions).singleElement().extracting("width").isEqualTo(160);
  }

  private static List<Long> firstAtOrAfter(List<SegmentMark> marks, List<Long> times) {
    return marks.stream()
        .map(
            mark ->
                times.stream()
                    .filter(time -> time - mark.originUs() >= mark.mediaUs() - 4_000)
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  private static List<Long> everySecond(List<Long> times, List<Long> keys) {
    List<Long> kept = new ArrayList<>();
    int ordinal = 0;
    for (Long time : times) {
      if (keys.contains(time)) {
        ordinal = 0;
      }
      if (ordinal++ % 2 == 0) {
        kept.add(time);
      }
    }
    return kept;
  }

  @Test
  void saysOnceWhichEncoderTheRungsHave() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/srs_bbb_640x360.flv"));
    run(feed.records(plan(rung("180p", 320, 180, 1), rung("90p", 160, 90, 1))));

    assertThat(events).containsExactly("H.264 is encoded by libx264");
  }
}
