package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rungs in each codec and by each encoder that needs no hardware, judged by decoding them. */
class RungCodecsTest {
  private static final int WIDTH = 320;
  private static final int HEIGHT = 180;

  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_FATAL);
  }

  @ParameterizedTest
  @CsvSource({
    "H264, libx264, libx264, avc1.42",
    "H264, libopenh264, libopenh264, avc1.42",
    "HEVC, libx264, libx265, hvc1.1.6.L6",
    "AV1, libx264, libsvtav1, av01.0.00M.08",
  })
  void everyFrameComesOutOnTimeAndCanBeDecoded(
      Codec codec, String wanted, String encoder, String codecs) {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/srs_bbb_640x360.flv"));
    VideoRung rung = new VideoRung("180p", codec, WIDTH, HEIGHT, 1, 300_000);
    List<FeedRecord> records = feed.records(new LadderPlan(List.of(rung), List.of(), "", false));
    RecordedRung recorded = new RecordedRung();
    try (Pipeline pipeline =
        new Pipeline(
            new PipelineSettings(wanted, "ultrafast", 1, false, 5_000_000, 160),
            new Failure(),
            _ -> recorded,
            new NoPictures(),
            events::add,
            () -> 0,
            System::nanoTime)) {
      records.forEach(pipeline::accept);
      pipeline.end();
    }

    assertThat(events).singleElement().asString().endsWith(" is encoded by " + encoder);
    List<Long> source = feed.frames(MediaType.VIDEO).stream().map(Frame::ptsUs).sorted().toList();
    assertThat(recorded.timesUs()).isEqualTo(source);
    long segments =
        records.stream()
            .filter(record -> record instanceof FeedRecord.Mark(SegmentMark mark) && mark.media())
            .count();
    assertThat(recorded.keysUs()).hasSize((int) segments);
    assertThat(recorded.descriptions).singleElement().extracting("width").isEqualTo(WIDTH);
    Track.Video track = (Track.Video) recorded.tracks.getLast();
    assertThat(track.codecs()).startsWith(codecs);
    assertThat(track.width() + "x" + track.height()).isEqualTo(WIDTH + "x" + HEIGHT);
    assertThat(shown(track, recorded.frames)).isEqualTo(source);
  }

  /** Times of the pictures that a decoder shows; from each key frame on it needs nothing before. */
  private static List<Long> shown(Track.Video track, List<Frame> frames) {
    List<Long> times = new ArrayList<>();
    try (VideoDecoder decoder = new VideoDecoder(track, 1)) {
      for (Frame frame : frames) {
        if (frame.key()) {
          decoder.drain(picture -> times.add(picture.pts()));
        }
        decoder.decode(
            frame,
            picture -> {
              assertThat(picture.width()).isEqualTo(WIDTH);
              assertThat(picture.height()).isEqualTo(HEIGHT);
              times.add(picture.pts());
            });
      }
      decoder.drain(picture -> times.add(picture.pts()));
      assertThat(decoder.errors()).isZero();
    }
    return times;
  }
}
