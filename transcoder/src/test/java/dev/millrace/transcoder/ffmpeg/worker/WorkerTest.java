package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.FeedWriter;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.PartEntry;
import dev.millrace.testkit.SharedMedia;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker from the bytes of its feed to the parts and pictures in the log. */
class WorkerTest {
  private static final LadderPlan PLAN =
      new LadderPlan(
          List.of(
              new VideoRung("240p", Codec.H264, 426, 240, 1, 400_000),
              new VideoRung("120p", Codec.H264, 214, 120, 2, 100_000)),
          List.of(new AudioRung("audio-64k", 64_000)),
          "",
          false);

  @TempDir Path folder;
  private final MemoryOrigin origin = new MemoryOrigin();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final Worker worker =
      new Worker(
          new PipelineSettings("libx264", "ultrafast", 1, false, 5_000_000, 160),
          origin,
          origin,
          events::add,
          () -> 0,
          System::nanoTime);

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_QUIET);
  }

  private static byte[] wire(List<FeedRecord> records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FeedWriter.header().writeTo(out);
    FeedWriter writer = new FeedWriter();
    for (FeedRecord record : records) {
      writer.write(record).writeTo(out);
    }
    return out.toByteArray();
  }

  @Test
  void makesAlignedRenditionsAndPicturesOfAFeed() throws Exception {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    List<FeedRecord> records = feed.records(PLAN);
    worker.run(new ByteArrayInputStream(wire(records)));

    List<Long> marks =
        records.stream()
            .filter(FeedRecord.Mark.class::isInstance)
            .map(record -> ((FeedRecord.Mark) record).mark().msn())
            .toList();
    for (String name : PLAN.names()) {
      assertThat(origin.segments(name)).as(name).isEqualTo(marks);
      assertThat(origin.lines(name)).noneMatch(line -> line.entry().gap());
    }
    assertThat(starts("240p")).isEqualTo(starts("120p"));

    FileFeed big = decoded("240p");
    List<Frame> source = feed.frames(MediaType.VIDEO);
    assertThat(big.video().width()).isEqualTo(426);
    assertThat(big.video().height()).isEqualTo(240);
    assertThat(big.frames(MediaType.VIDEO)).hasSameSizeAs(source);
    assertThat(decoded("120p").frames(MediaType.VIDEO)).hasSize(source.size() / 2);
    assertThat(decoded("audio-64k").audio().channels()).isEqualTo(2);

    assertThat(origin.thumbnails).extracting("msn").isEqualTo(marks);
    assertThat(origin.thumbnails)
        .allSatisfy(thumbnail -> assertThat(thumbnail.picture().width()).isEqualTo(160));
    assertThat(origin.posters).hasSizeBetween(4, 7);
    assertThat(origin.posters.getFirst().jpeg().slice(0, 3)).isEqualTo(Bytes.of(0xFF, 0xD8, 0xFF));
  }

  /** Wall times at which the segments of a rendition begin. */
  private List<Long> starts(String name) {
    return origin.lines(name).stream()
        .map(MemoryOrigin.Line::entry)
        .filter(entry -> entry.position().part() == 0)
        .map(PartEntry::programDateTimeUs)
        .toList();
  }

  private FileFeed decoded(String name) throws IOException {
    return FileFeed.read(
        origin.file(name, Objects.requireNonNull(origin.descriptions.get(name)).getLast(), folder));
  }

  @Test
  void aFeedThatBreaksOffIsNoEnd() throws IOException {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/srs_bbb_640x360.flv"));
    byte[] whole = wire(feed.records(PLAN));
    ByteArrayInputStream half = new ByteArrayInputStream(whole, 0, whole.length / 2);

    assertThatThrownBy(() -> worker.run(half))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broke off");
  }

  @Test
  void endsQuietlyWhereItsRenditionsHaveAnotherWriter() throws Exception {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/srs_bbb_640x360.flv"));
    origin.room = 5;
    worker.run(new ByteArrayInputStream(wire(feed.records(PLAN))));

    assertThat(origin.longest()).as("entries of whichever was full first").isEqualTo(5);
    assertThat(events.stream().filter(event -> event.contains("ends")).toList())
        .as("nothing where the end of the feed had come before, one line otherwise")
        .hasSizeLessThanOrEqualTo(1)
        .allMatch("the worker ends: a newer writer (epoch 7) owns the path"::equals);
  }
}
