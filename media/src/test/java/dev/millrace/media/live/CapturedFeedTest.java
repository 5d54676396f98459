package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.FeedReader;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.FeedWriter;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real footage, published, written as a feed, captured to a file: what ffprobe and ffmpeg make of
 * it where they are installed.
 */
class CapturedFeedTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "60fps_4slices_mono44k",
        "bbb_480p_gop2s",
        "h264_aud_mp3",
        "portrait_odd_crop",
        "size_change_640_480_640",
        "vfr_8_to_24fps"
      })
  void isAnFlvFileThatFfmpegPlays(String name) throws IOException, InterruptedException {
    List<FeedRecord> records = publish(SharedMedia.bytes("media/" + name + ".flv"));
    Path captured = folder.resolve("captured.flv");
    Files.write(captured, write(records));

    assertThat(read(Files.readAllBytes(captured))).isEqualTo(records);
    assertThat(packets(captured, "v"))
        .containsExactlyElementsOf(frames(records, Frame.MediaType.VIDEO));
    assertThat(packets(captured, "a"))
        .containsExactlyElementsOf(frames(records, Frame.MediaType.AUDIO));
    // "NULL" is its parser, which knows the first configuration only; "null" is its output.
    assertThat(run("ffmpeg", "-v", "error", "-i", captured.toString(), "-f", "null", "-").lines())
        .as("what ffmpeg complains of while it decodes")
        .allMatch(line -> line.matches("\\[(null|NULL) @ .*|    Last message repeated.*"));
  }

  /** In real time, with a mark at every key frame. Frames lose their arrival, as in a feed. */
  private static List<FeedRecord> publish(byte[] file) {
    Hub hub = new Hub(new LiveConfig(Duration.ofSeconds(30), 100_000, 100_000_000));
    Publication publication = hub.publish(new StreamPath("live", "main"), "key-1");
    Subscription reader = publication.stream().subscribe();
    FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
    new FlvFileReader(
            10_000_000,
            tag ->
                publisher.tag(
                    tag.type(), tag.timestamp(), tag.body(), tag.timestamp() * 1_000_000L))
        .feed(file, 0, file.length);
    publication.end("end of file");

    List<FeedRecord> records = new ArrayList<>();
    records.add(new FeedRecord.Opened(new StreamPath("live", "main"), 1, Targets.DEFAULT));
    for (StreamEvent event : Hub.drain(reader)) {
      if (event instanceof TracksChanged changed) {
        records.add(
            new FeedRecord.Tracks(
                changed.tracks(), changed.declaredBitrateBps(), LadderPlan.NONE));
      } else if (event instanceof FrameArrived(Frame frame)) {
        if (frame.type() == Frame.MediaType.VIDEO && frame.key()) {
          records.add(
              new FeedRecord.Mark(
                  new SegmentMark(records.size(), 0, frame.dtsUs(), true, 0, frame.dtsUs(), 0)));
        }
        records.add(
            new FeedRecord.Media(
                new Frame(
                    frame.type(),
                    frame.trackId(),
                    frame.dtsUs(),
                    frame.ptsUs(),
                    frame.key(),
                    frame.data(),
                    0)));
      }
    }
    records.add(new FeedRecord.Ended());
    return records;
  }

  private static byte[] write(List<FeedRecord> records) {
    FeedWriter writer = new FeedWriter();
    List<Bytes> all = new ArrayList<>(List.of(FeedWriter.header()));
    records.forEach(record -> all.add(writer.write(record)));
    return Bytes.concat(all).toArray();
  }

  private static List<FeedRecord> read(byte[] feed) {
    List<FeedRecord> records = new ArrayList<>();
    new FeedReader(10_000_000, () -> 0, records::add).feed(feed, 0, feed.length);
    return records;
  }

  private static List<String> frames(List<FeedRecord> records, Frame.MediaType type) {
    return records.stream()
        .filter(FeedRecord.Media.class::isInstance)
        .map(record -> ((FeedRecord.Media) record).frame())
        .filter(frame -> frame.type() == type)
        .map(
            frame ->
                frame.ptsUs() / 1000 + "|" + frame.dtsUs() / 1000 + "|" + frame.data().length())
        .toList();
  }

  private List<String> packets(Path file, String type) throws IOException, InterruptedException {
    return run(
            "ffprobe",
            "-v",
            "fatal", // its parser knows the first configuration only, and says so
            "-of",
            "compact=p=0:nk=1",
            "-select_streams",
            type,
            "-show_entries",
            "packet=pts,dts,size",
            file.toString())
        .lines()
        .map(line -> line.replaceAll("\\|+$", ""))
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** Runs a program of ffmpeg; the test is skipped, loudly, where it is not installed. */
  private String run(String... command) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      System.err.println("SKIPPED: needs the program " + command[0]);
      Assumptions.abort("needs the program " + command[0]);
      throw e;
    }
    int status = process.waitFor();
    String text = Files.readString(output);
    assertThat(status).as(text).isZero();
    return text;
  }
}
