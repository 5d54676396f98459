package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.server.e2e.DecodedMedia.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Rungs by a real worker beside their source, in all codecs, judged picture by picture. */
@Isolated("needs the processors, or measures what having them costs")
class LadderIT {
  /** A rung of the list and what it must be of a source of 640x360. */
  private record Rung(String name, String codec, int width, int height) {}

  private static final List<Rung> RUNGS =
      List.of(
          new Rung("240p", "h264", 426, 240),
          new Rung("160p", "h264", 284, 160),
          new Rung("160p-hevc", "hevc", 284, 160),
          new Rung("120p-av1", "av1", 214, 120));
  private static final List<String> VIDEOS =
      Stream.concat(Stream.of("video"), RUNGS.stream().map(Rung::name)).toList();
  private static final List<String> SOUNDS = List.of("audio", "audio-64k");
  private static final List<String> ALL = Stream.concat(VIDEOS.stream(), SOUNDS.stream()).toList();
  private static final int SEGMENTS = 3;
  private static final int CHECK_SECONDS = 25;

  @TempDir static Path folder;
  private static NodeUnderTest node;
  private static ChildProcess publisher;
  private static Renditions stream;

  @BeforeAll
  static void start() {
    node =
        NodeUnderTest.start(
            folder,
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "240p:400k,160p:200k,160p:150k:hevc,120p:100k:av1",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast"),
            "--open");
    publisher =
        Publisher.libav(folder, "test", node.rtmp("main"), "--size", "640x360", "--bar-code");
    stream = new Renditions(node, "main", folder);
    stream.awaitMedia(SEGMENTS + 1, ALL);
  }

  @AfterAll
  static void stop() {
    publisher.close();
    node.close();
  }

  @Test
  void picturesAreTheSourcesAtTheSameInstants() {
    // A machine with other things to do may have left out a rung for a while.
    stream.awaitMedia(SEGMENTS + 1, ALL);
    long last = newestInAll();
    long first = last - SEGMENTS + 1;
    Aligned.assertSegments(stream, "video", VIDEOS, first, last, Aligned.MILLISECOND_US);
    Aligned.assertSegments(stream, "video", SOUNDS, first, last, Aligned.SOUND_FRAME_US);
    List<Segment> segments = stream.segments("video", first, last);
    DecodedMedia source = stream.decode("video", first, last);
    assertThat(source.pictures()).hasSizeGreaterThan(SEGMENTS * 55);
    assertThat(source.pictures()).extracting(Picture::number).doesNotContain(-1);
    for (Rung expected : RUNGS) {
      DecodedMedia rung = stream.decode(expected.name, first, last);
      assertThat(rung.codec()).isEqualTo(expected.codec);
      assertThat(rung.pictures())
          .allSatisfy(
              picture -> {
                assertThat(picture.width()).isEqualTo(expected.width);
                assertThat(picture.height()).isEqualTo(expected.height);
              });
      Aligned.assertPictures(source, rung, 1, segments);
    }
  }

  @Test
  void soundIsTheSourcesAtTheSameInstants() {
    stream.awaitMedia(SEGMENTS + 1, SOUNDS);
    long last = newestInAll();
    long first = last - SEGMENTS + 1;
    DecodedMedia sound = stream.decode("audio", first, last);
    DecodedMedia encoded = stream.decode("audio-64k", first, last);
    assertThat(encoded.codec()).isEqualTo("aac");
    assertThat(encoded.channels()).isEqualTo(2);
    assertThat(encoded.sampleRate()).isEqualTo(48_000);
    Aligned.assertSound(sound, encoded);
  }

  @Test
  void multivariantPlaylistOffersSourceRungsAndSoundAlone() {
    Multivariant playlist = Multivariant.parse(stream.multivariant());
    assertThat(playlist.variants("URI", "RESOLUTION", "FRAME-RATE", "AUDIO"))
        .containsExactly(
            "video/index.m3u8 640x360 30.000 audio-high",
            "240p/index.m3u8 426x240 30.000 audio-high",
            "160p/index.m3u8 284x160 30.000 audio-high",
            "160p-hevc/index.m3u8 284x160 30.000 audio-high",
            "120p-av1/index.m3u8 214x120 30.000 audio-low",
            "audio-64k/index.m3u8 - - audio-low");
    assertThat(playlist.audio("TYPE", "GROUP-ID", "NAME", "DEFAULT", "CHANNELS", "URI"))
        .containsExactly(
            "AUDIO audio-high audio YES 2 audio/index.m3u8",
            "AUDIO audio-low audio YES 2 audio-64k/index.m3u8");
    assertThat(playlist.variants("CODECS").stream().map(each -> each.substring(0, 4)))
        .containsExactly("avc1", "avc1", "avc1", "hvc1", "av01", "mp4a");
    assertThat(playlist.variants("CODECS")).allMatch(each -> each.endsWith("mp4a.40.2"));
    assertThat(playlist.keyFrames("URI", "RESOLUTION"))
        .containsExactly(
            "video/iframes.m3u8 640x360",
            "240p/iframes.m3u8 426x240",
            "160p/iframes.m3u8 284x160",
            "160p-hevc/iframes.m3u8 284x160",
            "120p-av1/iframes.m3u8 214x120");
    assertThat(stream.ladder("state")).isEqualTo("encoding");
    assertThat(node.process().output())
        .containsOnlyOnce("to 240p 160p 160p-hevc 120p-av1 audio-64k by ");
  }

  @Test
  void rungsComeSoonAfterTheSource() {
    stream.awaitMedia(1, ALL);
    try (PartTimes times = new PartTimes(node, "main", ALL)) {
      Awaitility.await("parts to measure")
          .atMost(Patience.OF_A_BUSY_MACHINE)
          .until(() -> ALL.stream().allMatch(rendition -> times.count(rendition) >= 20));
      for (Rung rung : RUNGS) {
        assertSoon(rung.name, times.delay(rung.name, "video"));
      }
      assertSoon("audio-64k", times.delay("audio-64k", "audio"));
    }
  }

  private static void assertSoon(String rung, Histogram delay) {
    System.out.println("MEASURED " + rung + " after the source: " + PartTimes.text(delay));
    assertThat(delay.getValueAtPercentile(50))
        .as("milliseconds that %s comes after the source, at the median", rung)
        .isLessThan(1000);
  }

  @Test
  void conformsWithFiveVideoRenditions() {
    Streams.await(
        node,
        "main",
        "has six segments in each rendition",
        () ->
            ALL.stream().allMatch(rendition -> stream.playlist(rendition).segments().size() >= 6));
    try (ChildProcess check = HlsCheck.start(folder, node.playlist("main"), CHECK_SECONDS)) {
      HlsCheck.assertNoFailure(check, CHECK_SECONDS);
      HlsCheck.assertJudged(check, HlsCheck.LADDER);
    }
    assertThat(publisher.isAlive()).isTrue();
  }

  private static long newestInAll() {
    return ALL.stream().mapToLong(rendition -> stream.playlist(rendition).newest()).min().orElse(0);
  }
}
