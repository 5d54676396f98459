package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.e2e.LibavReader.Seen;
import dev.millrace.testkit.SharedMedia;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is published can be played, judged by libavformat's HLS client and by JCodec. */
class PublishAndPlayIT {
  @TempDir static Path folder;
  private static NodeUnderTest node;

  @BeforeAll
  static void start() {
    node = NodeUnderTest.startOpen(folder);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void playsTestPicturesAndTone() {
    try (ChildProcess publisher =
        Publisher.libav(folder, "test", node.rtmp("plain"), "--size", "640x360")) {
      List<Seen> seen = play(publisher, "plain");
      assertVideo(seen, "h264", 640, 360, 30);
      assertAudio(seen, "aac", 2);
      String playlist = node.get("/hls/live/plain/index.m3u8").body();
      assertThat(playlist)
          .contains("RESOLUTION=640x360")
          .contains("FRAME-RATE=30.000")
          .contains("mp4a.40.2")
          .containsPattern("avc1\\.[0-9a-f]{6}");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsAudioOnly() {
    try (ChildProcess publisher =
        Publisher.libav(folder, "test", node.rtmp("audio-only"), "--no-video")) {
      List<Seen> seen = play(publisher, "audio-only");
      assertThat(seen).hasSize(1);
      assertAudio(seen, "aac", 2);
      assertThat(node.get("/hls/live/audio-only/index.m3u8").body())
          .contains("CODECS=\"mp4a.40.2\"")
          .doesNotContain("RESOLUTION");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsVideoOnly() {
    try (ChildProcess publisher =
        Publisher.libav(
            folder, "test", node.rtmp("video-only"), "--no-audio", "--size", "320x180")) {
      List<Seen> seen = play(publisher, "video-only");
      assertThat(seen).hasSize(1);
      assertVideo(seen, "h264", 320, 180, 30);
      assertThat(node.get("/hls/live/video-only/index.m3u8").body()).doesNotContain("mp4a");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsMp3AsItIs() {
    Path file = SharedMedia.require("media/h264_aud_mp3.flv");
    try (ChildProcess publisher = Publisher.libav(folder, file.toString(), node.rtmp("mp3"))) {
      List<Seen> seen = play(publisher, "mp3");
      assertAudio(seen, "mp3", 2);
      assertThat(seen).anyMatch(Seen::video);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsHevcPublishedAsEnhancedRtmp() {
    Path file = SharedMedia.require("media/hevc_640x360.mp4");
    try (ChildProcess publisher = Publisher.libav(folder, file.toString(), node.rtmp("hevc"))) {
      List<Seen> seen = play(publisher, "hevc");
      assertVideo(seen, "hevc", 640, 360, 0);
      assertThat(node.get("/hls/live/hevc/index.m3u8").body()).contains("hvc1.1.6.L");
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsWhatTheSystemsFfmpegPushes() {
    Path file = SharedMedia.require("media/bbb_480p_gop2s.flv");
    try (ChildProcess publisher =
        Publisher.ffmpeg(
            folder,
            "-re",
            "-stream_loop",
            "-1",
            "-i",
            file.toString(),
            "-c",
            "copy",
            "-f",
            "flv",
            node.rtmp("ffmpeg"))) {
      List<Seen> seen = play(publisher, "ffmpeg");
      assertVideo(seen, "h264", 854, 480, 24);
      assertAudio(seen, "aac", 2);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void playsWhatGstreamerPushes() {
    Programs.requireGstreamer(
        "flvmux", "rtmp2sink", "x264enc", "h264parse", "voaacenc", "aacparse");
    try (ChildProcess publisher =
        Publisher.gstreamer(
            folder,
            ("flvmux name=mux streamable=true ! rtmp2sink location=%s videotestsrc is-live=true !"
                    + " video/x-raw,width=320,height=240,framerate=25/1 ! x264enc tune=zerolatency"
                    + " key-int-max=50 speed-preset=ultrafast ! h264parse ! mux. audiotestsrc"
                    + " is-live=true ! audioconvert ! voaacenc ! aacparse ! mux.")
                .formatted(node.rtmp("gst"))
                .split(" "))) {
      List<Seen> seen = play(publisher, "gst");
      assertVideo(seen, "h264", 320, 240, 25);
      assertThat(seen).anyMatch(stream -> !stream.video() && stream.codec().equals("aac"));
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static List<Seen> play(ChildProcess publisher, String name) {
    // libavformat knows no parts: it needs whole segments.
    Streams.await(
        node, publisher, name, "has two whole segments", () -> Streams.segments(node, name) >= 2);
    return LibavReader.read(node.playlist(name), 3);
  }

  private static void assertVideo(List<Seen> seen, String codec, int width, int height, int fps) {
    Seen video = seen.stream().filter(Seen::video).findFirst().orElseThrow();
    assertThat(video.codec()).isEqualTo(codec);
    assertThat(video.width()).isEqualTo(width);
    assertThat(video.height()).isEqualTo(height);
    assertThat(video.rewinds()).as("decode times that went back").isZero();
    assertThat(video.keyPackets()).isPositive();
    if (fps > 0) {
      assertThat(video.packets() / video.seconds()).isBetween(fps * 0.95, fps * 1.1);
    }
  }

  private static void assertAudio(List<Seen> seen, String codec, int channels) {
    Seen audio = seen.stream().filter(stream -> !stream.video()).findFirst().orElseThrow();
    assertThat(audio.codec()).isEqualTo(codec);
    assertThat(audio.channels()).isEqualTo(channels);
    assertThat(audio.rewinds()).as("decode times that went back").isZero();
  }
}
