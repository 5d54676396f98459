package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.testkit.SharedMedia;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Sources that are not like the usual one, and what becomes of them. One node, one after the other.
 */
@Isolated("needs the processors, or measures what having them costs")
class LadderSourcesIT {
  @TempDir static Path folder;
  private static NodeUnderTest node;

  @BeforeAll
  static void start() {
    node =
        NodeUnderTest.start(
            folder,
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "160p:200k",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast",
                "MILLRACE_TRANSCODE_MAX_WORKERS", "8",
                "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s"),
            "--open");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void sixtyFramesASecondAreHalvedAndMonoBecomesStereo() {
    try (ChildProcess publisher = file("sixty", "60fps_4slices_mono44k.flv")) {
      Renditions stream = encoded("sixty", "video", "160p", "audio-128k", "audio-64k");
      assertRung(stream, "video", "160p", 284, 160, 2);
      assertStereo(stream, "audio-128k");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void portraitIsMeasuredByItsSmallerSide() {
    try (ChildProcess publisher = file("portrait", "portrait_odd_crop.flv")) {
      Renditions stream = encoded("portrait", "video", "160p");
      assertRung(stream, "video", "160p", 160, 286, 1);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  /** Where there are no pictures the variants are the sound's. */
  @Test
  void sixChannelsAloneBecomeStereo() {
    try (ChildProcess publisher = file("surround", "bbb_854x480_24fps_5.1.mp4", "--no-video")) {
      Renditions stream = encoded("surround", "audio", "audio-128k", "audio-64k");
      assertStereo(stream, "audio-128k");
      assertStereo(stream, "audio-64k");
      assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "CODECS", "RESOLUTION"))
          .containsExactly("audio-128k/index.m3u8 mp4a.40.2 -", "audio-64k/index.m3u8 mp4a.40.2 -");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void mp3BecomesAacAndIsKeptForThoseWhoKnowIt() {
    try (ChildProcess publisher = file("mp3", "h264_aud_mp3.flv")) {
      Renditions stream = encoded("mp3", "video", "160p", "audio", "audio-128k", "audio-64k");
      assertStereo(stream, "audio-128k");
      Multivariant playlist = Multivariant.parse(stream.multivariant());
      assertThat(playlist.variants("URI", "AUDIO"))
          .containsExactly(
              "video/index.m3u8 audio-high",
              "160p/index.m3u8 audio-low",
              "audio-64k/index.m3u8 audio-low",
              "video/index.m3u8 audio-mp3");
      assertThat(playlist.audio("GROUP-ID", "URI"))
          .containsExactly(
              "audio-high audio-128k/index.m3u8",
              "audio-low audio-64k/index.m3u8",
              "audio-mp3 audio/index.m3u8");
      assertThat(playlist.variants("CODECS").getLast()).endsWith(",mp4a.6B");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void h265IsReplacedByARungOfItsSize() {
    try (ChildProcess publisher = file("hevc", "hevc_640x360.mp4")) {
      Renditions stream = encoded("hevc", "source", "160p");
      DecodedMedia source = decode(stream, "source");
      assertThat(source.codec()).isEqualTo("h264");
      assertThat(source.pictures().getFirst().width()).isEqualTo(640);
      assertThat(source.pictures().getFirst().height()).isEqualTo(360);
      assertRung(stream, "source", "160p", 284, 160, 1);
      assertThat(stream.multivariant()).contains("avc1.").doesNotContain("hvc1.");
      assertThat(node.process().output())
          .contains("is H.265, which most browsers cannot play")
          .doesNotContain("live/hevc the video is H.265");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void keyFramesFarApartAreReplacedOnceNoticed() {
    try (ChildProcess publisher = file("gop", "gop_30s.flv")) {
      Renditions stream = encoded("gop", "source", "160p");
      List<Segment> last = stream.playlist("source").segments();
      DecodedMedia source = stream.decode("source", last.getLast().msn(), last.getLast().msn());
      assertThat(source.pictures().getFirst().key()).isTrue();
      assertThat(source.pictures().getFirst().width()).isEqualTo(854);
      assertThat(node.process().output()).contains("key frames further apart");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  /** Neither can be encoded by {@code millrace publish}. */
  @Test
  void interlacedPicturesOfTenBitsAreReplacedByWholeOnesOfEight() {
    String command =
        "-re -f lavfi -i testsrc2=size=320x240:rate=50,interlace -c:v libx264 -pix_fmt yuv420p10le"
            + " -preset ultrafast -flags +ildct+ilme -x264opts tff=1:keyint=50:bframes=0 -b:v 300k"
            + " -f flv ";
    try (ChildProcess publisher =
        Publisher.ffmpeg(folder, (command + node.rtmp("interlaced")).split(" ", -1))) {
      Renditions stream = encoded("interlaced", "source", "160p");
      DecodedMedia source = decode(stream, "source");
      assertThat(source.pictures().getFirst().height()).isEqualTo(240);
      assertThat(source.pictures().size()).isBetween(45, 105);
      assertRung(stream, "source", "160p", 214, 160, 1);
      assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "CODECS"))
          .allMatch(variant -> variant.matches("(source|160p)/index.m3u8 avc1.42[0-9a-f]{4}"));
      assertThat(node.process().output())
          .contains(
              "has 10 bits a sample, browsers play 8, and is interlaced, so source replaces it");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  /** What an operator gets who sets nothing; few frames, for the sake of small machines. */
  @Test
  void defaultLadderOfFullHd() {
    try (NodeUnderTest byDefault =
            NodeUnderTest.start(
                folder.resolve("default"), Map.of("MILLRACE_TRANSCODE_LADDER", "auto"), "--open");
        ChildProcess publisher =
            Publisher.libav(
                folder,
                "test",
                byDefault.rtmp("main"),
                "--size",
                "1920x1080",
                "--fps",
                "10",
                "--gop",
                "20",
                "--bar-code")) {
      Renditions stream = new Renditions(byDefault, "main", folder);
      List<String> rungs = List.of("720p", "480p", "360p");
      stream.awaitMedia(2, rungs);
      assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "RESOLUTION", "AUDIO"))
          .containsExactly(
              "video/index.m3u8 1920x1080 audio-high",
              "720p/index.m3u8 1280x720 audio-high",
              "480p/index.m3u8 854x480 audio-high",
              "360p/index.m3u8 640x360 audio-low",
              "audio-64k/index.m3u8 - audio-low");
      assertRung(stream, "video", "720p", 1280, 720, 1);
      assertRung(stream, "video", "480p", 854, 480, 1);
      assertRung(stream, "video", "360p", 640, 360, 1);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static ChildProcess file(String name, String file, String... options) {
    String path = SharedMedia.require("media/" + file).toString();
    return Publisher.libav(folder, path, node.rtmp(name), options);
  }

  private static Renditions encoded(String name, String... renditions) {
    Renditions stream = new Renditions(node, name, folder);
    stream.awaitMedia(2, List.of(renditions));
    return stream;
  }

  private static DecodedMedia decode(Renditions stream, String rendition) {
    long newest = stream.playlist(rendition).newest();
    return stream.decode(rendition, newest, newest);
  }

  /** The newest two segments that both have. */
  private static void assertRung(
      Renditions stream, String source, String rung, int width, int height, int divisor) {
    long last = Math.min(stream.playlist(source).newest(), stream.playlist(rung).newest());
    List<Segment> segments = stream.segments(source, last - 1, last);
    Aligned.assertSegments(stream, source, List.of(rung), last - 1, last, Aligned.MILLISECOND_US);
    DecodedMedia decoded = stream.decode(rung, last - 1, last);
    assertThat(decoded.codec()).isEqualTo("h264");
    assertThat(decoded.pictures())
        .allSatisfy(
            picture -> {
              assertThat(picture.width()).isEqualTo(width);
              assertThat(picture.height()).isEqualTo(height);
            });
    Aligned.assertPictures(stream.decode(source, last - 1, last), decoded, divisor, segments);
  }

  private static void assertStereo(Renditions stream, String rendition) {
    DecodedMedia sound = decode(stream, rendition);
    assertThat(sound.codec()).isEqualTo("aac");
    assertThat(sound.channels()).isEqualTo(2);
    assertThat((double) sound.samples() / sound.sampleRate()).isBetween(0.9, 4.1);
  }
}
