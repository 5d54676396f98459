package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real clients sent, sent again to a real port. */
@ExtendWith(LeakCheck.class)
final class CaptureReplayTest {
  /**
   * @param name the stream key of the recording
   * @param codecs of the tracks that the live hub must know in the end; none if refused
   * @param lastCode the last status of the server
   * @param refusal what the description of a refusal has in it
   */
  record Capture(
      String file,
      String name,
      int video,
      int audio,
      int script,
      String codecs,
      String lastCode,
      String refusal) {
    @Override
    public String toString() {
      return file;
    }
  }

  private static final String STOPPED = "NetStream.Unpublish.Success";
  private static final String FAILED = "NetStream.Publish.Failed";

  static Stream<Capture> captures() {
    return Stream.of(
        new Capture("obs29-0", "obskey", 569, 884, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("ffmpeg51_copy_bbb51-0", "k1", 148, 284, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("ffmpeg51_audio_only-0", "x5", 0, 261, 1, "mp4a", STOPPED, ""),
        new Capture("ffmpeg51_exttimestamp-0", "x1", 200, 346, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("ffmpeg51_ts_near_2_31-0", "x2", 150, 260, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("gst_librtmp_bframes-0", "x3", 272, 0, 35, "avc1", STOPPED, ""),
        // It goes away without deleteStream.
        new Capture("red5_amf0-0", "r0", 200, 346, 1, "avc1 mp4a", "NetStream.Publish.Start", ""),
        // It got no answer to its AMF3 command and never published.
        new Capture("red5_amf3-0", "", 0, 0, 0, "", "NetConnection.Connect.Success", ""),
        new Capture("ff8_hevc_enh-0", "k", 32, 0, 1, "hvc1", STOPPED, ""),
        new Capture("ff8_mp3-0", "k", 76, 116, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("ff8_multitrack_audio-0", "k", 76, 276, 1, "avc1 mp4a", STOPPED, ""),
        new Capture("ff8_multitrack_video-0", "k", 148, 143, 1, "avc1 avc1 mp4a", STOPPED, ""),
        new Capture("ff8_av1-0", "k", -1, -1, 1, "", FAILED, "av01"),
        new Capture("ff8_vp9_opus-0", "k", -1, -1, 1, "", FAILED, "vp09"),
        new Capture("ff8_amf_noext_51-0", "k", -1, -1, 1, "", FAILED, "ac-3"));
  }

  @ParameterizedTest
  @MethodSource("captures")
  void publishesOrRefusesWhole(Capture capture) throws IOException {
    byte[] recorded = SharedMedia.bytes("media/rtmp-captures/" + capture.file() + ".c2s");
    replay(capture, List.of(recorded));
  }

  @ParameterizedTest
  @MethodSource("captures")
  void publishesOrRefusesInFragments(Capture capture) throws IOException {
    byte[] recorded = SharedMedia.bytes("media/rtmp-captures/" + capture.file() + ".c2s");
    Random random = new Random(42);
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < recorded.length; ) {
      // Small pieces where the headers are, larger ones later.
      int bound = at < 8000 ? 40 : 6000;
      int end = Math.min(recorded.length, at + 1 + random.nextInt(bound));
      pieces.add(Arrays.copyOfRange(recorded, at, end));
      at = end;
    }
    replay(capture, pieces);
  }

  private static void replay(Capture capture, List<byte[]> pieces) throws IOException {
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(TestServer.CONFIG);
        RawPeer peer = new RawPeer(server.address())) {
      for (byte[] piece : pieces) {
        peer.send(piece);
      }
      List<RtmpMessage> answers = peer.finish().readToEnd();
      await().untilAsserted(() -> assertThat(server.server().connections()).isZero());

      assertThat(RawPeer.codes(answers)).endsWith(capture.lastCode());
      boolean published = !capture.codecs().isEmpty() || !capture.refusal().isEmpty();
      assertThat(server.publications()).hasSize(published ? 1 : 0);
      if (published) {
        checkTags(capture, server.publications().getFirst());
        assertThat(codecs(server, capture.name())).isEqualTo(capture.codecs());
      }
      assertThat(log.lines("RtmpConnection"))
          .filteredOn(line -> line.startsWith("opened"))
          .hasSize(1);
      assertThat(log.lines("RtmpConnection"))
          .filteredOn(line -> line.startsWith("closed: ") && line.contains(capture.refusal()))
          .hasSize(1);
    }
  }

  private static void checkTags(Capture capture, RecordedTags tags) {
    assertThat(tags.count(18)).isEqualTo(capture.script());
    if (capture.video() >= 0) {
      assertThat(tags.count(9)).isEqualTo(capture.video());
      assertThat(tags.count(8)).isEqualTo(capture.audio());
    }
  }

  private static String codecs(TestServer server, String name) {
    List<Track> tracks =
        server.streams().find(new StreamPath("live", name)).orElseThrow().facts().tracks();
    return String.join(
        " ", tracks.stream().map(track -> track.codecs().replaceAll("\\..*", "")).toList());
  }
}
