package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.testkit.BarCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Picture n of a rung is the source's picture n at the same time, whatever order the source's
 * frames come in.
 */
class NumberedPicturesTest {
  private static final int PICTURES = 200;
  private static final List<VideoRung> RUNGS =
      List.of(
          new VideoRung("120p", Codec.H264, 214, 120, 1, 200_000),
          new VideoRung("90p", Codec.H264, 160, 90, 2, 100_000));

  @TempDir Path folder;

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_FATAL);
  }

  @ParameterizedTest
  @CsvSource({
    "-c:v libx264 -preset ultrafast -bf 0 -g 50",
    "-c:v libx264 -preset veryfast -bf 3 -b_strategy 0 -g 50",
    "-c:v libx264 -preset veryfast -x264opts open-gop=1:bframes=3:b-pyramid=normal:keyint=50",
    "-c:v libx265 -preset ultrafast -bf 4 -x265-params log-level=error:keyint=50:open-gop=1",
  })
  void rungsShowTheSourcesPicturesAtTheirTimes(String encoder) throws Exception {
    FileFeed feed =
        Footage.numbered(folder.resolve("numbered.mp4"), PICTURES, encoder.split(" ", -1));
    Map<String, RecordedRung> rungs = new ConcurrentHashMap<>();
    try (Pipeline pipeline =
        new Pipeline(
            new PipelineSettings("libx264", "ultrafast", 1, false, 5_000_000, 160),
            new Failure(),
            name -> rungs.computeIfAbsent(name, _ -> new RecordedRung()),
            new NoPictures(),
            event -> {},
            () -> 0,
            System::nanoTime)) {
      feed.records(new LadderPlan(RUNGS, List.of(), "", false)).forEach(pipeline::accept);
      pipeline.end();
    }

    NavigableMap<Long, Integer> source = numbers(feed.video(), feed.frames(MediaType.VIDEO));
    assertThat(source.values())
        .containsExactlyElementsOf(IntStream.range(0, PICTURES).boxed().toList());
    NavigableMap<Long, Integer> full = numbers(rungs, "120p");
    assertThat(full).isEqualTo(source);
    NavigableMap<Long, Integer> halved = numbers(rungs, "90p");
    assertThat(source).containsAllEntriesOf(halved);
    assertThat(halved.values()).allMatch(number -> number % 2 == 0);
    assertThat(halved).hasSize(PICTURES / 2);
  }

  private static NavigableMap<Long, Integer> numbers(Map<String, RecordedRung> rungs, String name) {
    RecordedRung rung = Objects.requireNonNull(rungs.get(name));
    return numbers((Track.Video) rung.tracks.getLast(), rung.frames);
  }

  private static NavigableMap<Long, Integer> numbers(Track.Video track, List<Frame> frames) {
    NavigableMap<Long, Integer> numbers = new TreeMap<>();
    try (VideoDecoder decoder = new VideoDecoder(track, 1)) {
      for (Frame frame : frames) {
        decoder.decode(frame, picture -> numbers.put(picture.pts(), number(picture)));
      }
      decoder.drain(picture -> numbers.put(picture.pts(), number(picture)));
    }
    return numbers;
  }

  private static int number(AVFrame picture) {
    BytePointer luma = picture.data(0);
    int stride = picture.linesize(0);
    return BarCode.read(
            (x, y) -> luma.get((long) y * stride + x) & 0xFF, picture.width(), picture.height())
        .orElse(-1);
  }
}
