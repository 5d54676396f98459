package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds and closes the pipeline many times; prints the process's resident kilobytes after a third,
 * two thirds, and all of them. Every second one is stopped in the middle. Arguments: a file, and
 * how often.
 */
final class LeakProbe {
  private static final int RECORDS = 120;

  private LeakProbe() {}

  public static void main(String[] arguments) throws IOException {
    av_log_set_level(AV_LOG_QUIET);
    LadderPlan plan =
        new LadderPlan(
            List.of(
                new VideoRung("240p", Codec.H264, 426, 240, 1, 400_000),
                new VideoRung("120p", Codec.H264, 214, 120, 2, 100_000)),
            List.of(new AudioRung("audio-64k", 64_000)),
            "",
            true);
    List<FeedRecord> all = FileFeed.read(Path.of(arguments[0])).records(plan);
    List<FeedRecord> records = all.subList(0, Math.min(RECORDS, all.size()));
    int times = Integer.parseInt(arguments[1]);
    for (int i = 1; i <= times; i++) {
      once(records, i % 2 == 0);
      if (i == times / 3 || i == 2 * times / 3 || i == times) {
        System.out.println(residentKilobytes());
      }
    }
  }

  private static void once(List<FeedRecord> records, boolean complete) {
    MemoryOrigin origin = new MemoryOrigin();
    FeedRecord.Opened opened = (FeedRecord.Opened) records.getFirst();
    PipelineSettings settings =
        new PipelineSettings("libx264", "ultrafast", 1, false, 1_000_000, 160);
    Failure failure = new Failure();
    try (RenditionOutputs outputs = new RenditionOutputs(origin, opened, failure);
        PictureMaker pictures = new PictureMaker(opened, origin, settings, event -> {});
        Pipeline pipeline =
            new Pipeline(
                settings,
                failure,
                outputs::open,
                pictures,
                event -> {},
                () -> 0,
                System::nanoTime)) {
      records.forEach(pipeline::accept);
      if (complete) {
        pipeline.end();
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
