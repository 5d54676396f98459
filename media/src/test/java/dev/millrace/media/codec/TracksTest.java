package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TracksTest {
  @Test
  void makesAvcTrack() {
    Bytes avcC = AvcDecoderConfigurationTest.HIGH;
    assertThat(Tracks.avc(3, avcC, OptionalDouble.empty()))
        .isEqualTo(
            new Track.Video(
                3,
                Track.VideoCodec.AVC,
                "avc1.64001e",
                avcC,
                854,
                480,
                1,
                1,
                OptionalDouble.of(24),
                false));
  }

  @Test
  void makesHevcTrack() {
    Track.Video track =
        Tracks.hevc(0, HevcDecoderConfigurationTest.INCOMPLETE, OptionalDouble.empty());
    assertThat(track.codecs()).isEqualTo("hvc1.1.6.L63.90");
    assertThat(track.width() + "x" + track.height()).isEqualTo("640x360");
    assertThat(track.sarWidth() + ":" + track.sarHeight()).isEqualTo("1281:1280");
    assertThat(track.frameRate()).hasValue(24);
  }

  @Test
  void prefersMetadataToFrameRateThatIsNotFixed() {
    Bytes avcC = AvcDecoderConfigurationTest.HIGH; // fixed_frame_rate_flag 0
    assertThat(Tracks.avc(0, avcC, OptionalDouble.of(30)).frameRate()).hasValue(30);
    assertThat(Tracks.avc(0, avcC, OptionalDouble.of(0)).frameRate()).hasValue(24);
    assertThat(Tracks.avc(0, avcC, OptionalDouble.of(Double.NaN)).frameRate()).hasValue(24);
    assertThat(Tracks.avc(0, avcC, OptionalDouble.of(1e9)).frameRate()).hasValue(24);
  }

  @Test
  void prefersFixedFrameRateToMetadata() {
    Bytes avcC = // shared/media/60fps_4slices_mono44k.flv, fixed_frame_rate_flag 1
        Bytes.fromHex(
            "0142c01fffe1001d6742c01fda0280bfe5ffc140414004000003000400000301e23c60ca80"
                + "01000468ce3c80");
    assertThat(Tracks.avc(0, avcC, OptionalDouble.of(30)).frameRate()).hasValue(60);
  }

  @Test
  void makesAacTrackWithHierarchicalSignalling() {
    assertThat(Tracks.aac(0, Bytes.fromHex("139056e5a0")))
        .isEqualTo(
            new Track.Audio(
                0, Track.AudioCodec.AAC, "mp4a.40.5", Bytes.fromHex("2b920800"), 44100, 2, 2048));
  }

  @Test
  void makesMp3Track() {
    assertThat(Tracks.mp3(0, Bytes.fromHex("fffb9064 00000000")))
        .isEqualTo(
            new Track.Audio(0, Track.AudioCodec.MP3, "mp4a.6B", Bytes.EMPTY, 44100, 2, 1152));
  }

  @Test
  void refusesAvcTrackWhoseSpsIsMalformed() {
    Bytes avcC = Bytes.fromHex("01 64001e ff e1 0004 6764001e 01 0001 68");
    assertThatThrownBy(() -> Tracks.avc(0, avcC, OptionalDouble.empty()))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("ends too early");
  }
}
