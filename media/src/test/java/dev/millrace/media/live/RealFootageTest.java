package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real files through reader, publisher and hub, told in a few lines each; {@code -Dgolden.update}
 * rewrites what is expected.
 */
class RealFootageTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/millrace/media/live");
  private static final LiveConfig LARGE =
      new LiveConfig(Duration.ofSeconds(30), 100_000, 100_000_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "60fps_4slices_mono44k",
        "bbb_480p_gop2s",
        "gop_30s",
        "h264_aud_mp3",
        "open_gop_bpyramid",
        "portrait_odd_crop",
        "size_change_640_480_640",
        "srs_bbb_640x360",
        "vfr_8_to_24fps"
      })
  void tellsTheSameStoryAsBefore(String name) throws IOException {
    List<StreamEvent> events = publish(SharedMedia.bytes("media/" + name + ".flv"));
    String story = String.join("\n", tell(events)) + "\n";
    Path golden = GOLDEN.resolve(name + ".golden.txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, story);
    }
    assertThat(story).isEqualTo(Files.readString(golden, StandardCharsets.UTF_8));
  }

  /** Publishes in real time, as the tags' own clock says. */
  private static List<StreamEvent> publish(byte[] file) {
    Hub hub = new Hub(LARGE);
    Publication publication = hub.publish(new StreamPath("live", "main"), "key-1");
    Subscription reader = publication.stream().subscribe();
    FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
    FlvFileReader tags =
        new FlvFileReader(
            10_000_000,
            (FlvTag tag) ->
                publisher.tag(
                    tag.type(), tag.timestamp(), tag.body(), tag.timestamp() * 1_000_000L));
    tags.feed(file, 0, file.length);
    assertThat(tags.isBetweenTags()).isTrue();
    publication.end("end of file");
    return Hub.drain(reader);
  }

  private static List<String> tell(List<StreamEvent> events) {
    List<String> lines = new ArrayList<>();
    Map<MediaType, List<Frame>> run = new EnumMap<>(MediaType.class);
    for (StreamEvent event : events) {
      if (event instanceof FrameArrived(Frame frame)) {
        run.computeIfAbsent(frame.type(), type -> new ArrayList<>()).add(frame);
        continue;
      }
      run.forEach((type, frames) -> lines.add(tell(type, frames)));
      run.clear();
      lines.add(
          switch (event) {
            case SessionStarted started -> "started";
            case TracksChanged changed ->
                changed.tracks().stream()
                    .map(RealFootageTest::tell)
                    .collect(
                        Collectors.joining(
                            ", ", "tracks ", ", declared " + changed.declaredBitrateBps()));
            case TimeBroken broken -> "time broken: " + broken.reason();
            case SessionEnded ended -> "ended: " + ended.reason();
            case StreamEnded ended -> "stream ended";
            case StreamEvent.StreamFenced fenced -> "fenced";
            case FrameArrived arrived -> throw new AssertionError();
          });
    }
    return lines;
  }

  private static String tell(Track track) {
    return switch (track) {
      case Track.Video video ->
          "%s %dx%d %.3f fps"
              .formatted(
                  video.codecs(), video.width(), video.height(), video.frameRate().orElse(0));
      case Track.Audio audio ->
          "%s %d Hz x%d".formatted(audio.codecs(), audio.sampleRate(), audio.channels());
    };
  }

  private static String tell(MediaType type, List<Frame> frames) {
    long steps = 0;
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < frames.size(); i++) {
      long step = frames.get(i).dtsUs() - frames.get(i - 1).dtsUs();
      steps = Math.max(steps, step);
      smallest = Math.min(smallest, step);
    }
    return String.format(
        Locale.ROOT,
        "%s %d frames, %d key, dts %d..%d us, steps %d..%d, composition %d..%d, %d bytes",
        type,
        frames.size(),
        frames.stream().filter(Frame::key).count(),
        frames.getFirst().dtsUs(),
        frames.getLast().dtsUs(),
        smallest,
        steps,
        frames.stream().mapToLong(frame -> frame.ptsUs() - frame.dtsUs()).min().orElseThrow(),
        frames.stream().mapToLong(frame -> frame.ptsUs() - frame.dtsUs()).max().orElseThrow(),
        frames.stream().mapToLong(frame -> frame.data().length()).sum());
  }
}
