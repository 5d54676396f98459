package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole playlists, to be read in a diff. {@code -Dgolden.update=true} writes them anew. */
class PlaylistGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/millrace/media/hls");
  private static final long EPOCH = 1_795_253_400_123L;

  record Case(String file, Supplier<String> playlist) {
    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("plain-multivariant", () -> MultivariantPlaylist.render(plain().view())),
        new Case("plain-video", () -> MediaPlaylist.render(plain().view(), "video", false)),
        new Case("plain-audio", () -> MediaPlaylist.render(plain().view(), "audio", false)),
        new Case("audio-only-multivariant", () -> MultivariantPlaylist.render(audioOnly())),
        new Case("audio-only", () -> MediaPlaylist.render(audioOnly(), "audio", false)),
        new Case("video-only-multivariant", () -> MultivariantPlaylist.render(videoOnly())),
        new Case("video-only", () -> MediaPlaylist.render(videoOnly(), "video", false)),
        new Case("first-parts", () -> MediaPlaylist.render(firstParts(), "video", false)),
        new Case("first-parts-multivariant", () -> MultivariantPlaylist.render(firstParts())),
        new Case("reconnect", () -> MediaPlaylist.render(reconnect().view(), "video", false)),
        new Case("reconnect-multivariant", () -> MultivariantPlaylist.render(reconnect().view())),
        new Case("away", () -> MediaPlaylist.render(away(), "video", false)),
        new Case("next-init", () -> MediaPlaylist.render(nextInit(), "video", false)),
        new Case("sliding", () -> MediaPlaylist.render(sliding().view(), "video", false)),
        new Case("sliding-delta", () -> MediaPlaylist.render(sliding().view(), "video", true)),
        new Case("ladder-multivariant", () -> MultivariantPlaylist.render(ladder().view())),
        new Case("ladder-video", () -> MediaPlaylist.render(ladder().view(), "video", false)),
        new Case("ladder-mp3-multivariant", () -> MultivariantPlaylist.render(ladderOfMp3())),
        new Case("classic", () -> ClassicPlaylist.render(sliding().view(), "video")),
        new Case("classic-multivariant", PlaylistGoldenTest::classicMultivariant),
        new Case("iframes", () -> IFramePlaylist.render(reconnect().view(), "video", false)),
        new Case("iframes-delta", () -> IFramePlaylist.render(sliding().view(), "video", true)),
        new Case("ended", () -> MediaPlaylist.render(sliding().end().view(), "video", true)));
  }

  private static String classicMultivariant() {
    return MultivariantPlaylist.render(ladder().view(), Optional.empty(), PlaylistSet.CLASSIC);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsAsRecorded(Case playlist) throws IOException {
    Path golden = FOLDER.resolve(playlist.file() + ".m3u8");
    String text = playlist.playlist().get();
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(FOLDER);
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }

  /** Parts of 24 frames at 29.97: the third segment is open after its second part. */
  private static LogScript plain() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .audio()
        .segment(500_500, 500_500, 500_500, 500_501)
        .segment(500_500, 500_500, 500_500, 500_499)
        .part(500_500)
        .part(500_501);
  }

  /** The default ladder of a 720p source with AAC; 360p is a part behind. */
  private static LogScript ladder() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .audioRung("audio", "mp4a.40.2", 2, 160_000)
        .rung("480p", "avc1.64001f", 480, 1_200_000)
        .rung("360p", "avc1.64001e", 360, 700_000)
        .audioRung("audio-64k", "mp4a.40.2", 2, 64_000)
        .segments(2)
        .append("video", 500_000, 100_000, false, false)
        .append("480p", 500_000, 40_000, false, false)
        .append("audio", 512_000, 10_000, false, false)
        .append("audio-64k", 512_000, 4_000, false, false);
  }

  private static StreamView ladderOfMp3() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .audioRung("audio", "mp4a.6B", 2, 192_000)
        .rung("480p", "avc1.64001f", 480, 1_200_000)
        .audioRung("audio-128k", "mp4a.40.2", 2, 128_000)
        .audioRung("audio-64k", "mp4a.40.2", 2, 64_000)
        .segments(2)
        .view();
  }

  private static StreamView audioOnly() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .audio()
        .segment(512_000, 490_667, 512_000, 490_666)
        .part(512_000)
        .view();
  }

  private static StreamView videoOnly() {
    return LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1).part(500_000).view();
  }

  private static StreamView firstParts() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .audio()
        .part(500_000)
        .part(500_000)
        .part(500_000)
        .view();
  }

  /** Gone in the middle of a segment, back after 2.4 s with another profile. */
  private static LogScript reconnect() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .audio()
        .segments(1)
        .part(500_000)
        .endMarker()
        .gap(500_000, 500_000, 500_000, 500_000)
        .video("avc1.4d401e", "init-other.mp4")
        .discontinuity(EPOCH + 4_900, 400_000)
        .segments(1)
        .part(500_000);
  }

  private static StreamView away() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    return script.append("video", 500_000, 0, false, true).view();
  }

  private static StreamView nextInit() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .segments(1)
        .video("avc1.4d401e", "init-other.mp4")
        .view();
  }

  /** The discontinuity's segment has become the first; the window is full. */
  private static LogScript sliding() {
    return LogScript.open(EPOCH, Targets.DEFAULT)
        .video()
        .segments(2)
        .discontinuity(EPOCH + 1, 0)
        .segments(15)
        .part(500_000);
  }
}
