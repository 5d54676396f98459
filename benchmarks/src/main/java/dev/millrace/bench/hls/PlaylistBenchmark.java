package dev.millrace.bench.hls;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.hls.MediaPlaylist;
import dev.millrace.media.hls.MultivariantPlaylist;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long the playlists of a full window take to render, and an append to apply. They are rendered
 * once for all who wait, so this decides how many streams one edge can carry, not how many viewers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlaylistBenchmark {
  private static final long START_US = 1_795_000_000_000_000L;
  private static final long EPOCH = (START_US / 1000) << 10;
  private static final long FIRST_MSN = 897_500_000L;
  private static final int PARTS = 4;

  private final StreamView full = window(120);
  private final LogRecord next = part(FIRST_MSN + 30, 0);

  @Benchmark
  public String renderMedia() {
    return MediaPlaylist.render(full, "video", false);
  }

  @Benchmark
  public String renderDelta() {
    return MediaPlaylist.render(full, "video", true);
  }

  @Benchmark
  public String renderMultivariant() {
    return MultivariantPlaylist.render(full);
  }

  @Benchmark
  public StreamView applyAppend() {
    return full.apply(next);
  }

  private static StreamView window(int parts) {
    StreamView view =
        StreamView.empty()
            .apply(new LogRecord.Opened(EPOCH, Targets.DEFAULT))
            .apply(
                new LogRecord.Described(
                    new RenditionDescription(
                        "video",
                        MediaType.VIDEO,
                        "avc1.64001f",
                        1280,
                        720,
                        30_000,
                        0,
                        0,
                        2_500_000,
                        "init-0123456789abcdef.mp4",
                        Bytes.of(1, 2, 3))));
    for (int i = 0; i < parts; i++) {
      view = view.apply(part(FIRST_MSN + i / PARTS, i % PARTS));
    }
    return view;
  }

  private static LogRecord part(long msn, int part) {
    long at = (msn - FIRST_MSN) * 2_000_000 + part * 500_000L;
    return new LogRecord.Appended(
        "video",
        new PartEntry(
            new LogPosition(EPOCH, msn, part),
            500_000,
            156_000,
            part == 0,
            part == PARTS - 1,
            false,
            1_795_000_000L,
            "init-0123456789abcdef.mp4",
            START_US + at,
            0,
            Bytes.of(part),
            Bytes.of(part)));
  }
}
