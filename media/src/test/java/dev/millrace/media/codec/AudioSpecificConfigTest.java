package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AudioSpecificConfigTest {
  record Case(String name, String hex, String expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Output rate, channels, samples a frame, codec string; the bits are in the names. */
  static Stream<Case> configurations() {
    return Stream.of(
        // 00010 0011 0010 000
        new Case("LC 48 kHz stereo", "1190", "48000 2 1024 mp4a.40.2"),
        new Case("LC 44.1 kHz stereo (OBS)", "1210", "44100 2 1024 mp4a.40.2"),
        // 00010 0100 0001 000, then 01010110111 00101 0: SBR signalled as absent
        new Case("LC mono of ffmpeg", "120856e500", "44100 1 1024 mp4a.40.2"),
        // 00010 0011 0110 000 (bbb_854x480_24fps_5.1.mp4)
        new Case("LC 5.1", "11b0", "48000 6 1024 mp4a.40.2"),
        new Case("LC 7.1", "11b8", "48000 8 1024 mp4a.40.2"),
        new Case("LC 6.1, configuration 11", "11d8", "48000 7 1024 mp4a.40.2"),
        new Case("LC 7.1, configuration 12", "11e0", "48000 8 1024 mp4a.40.2"),
        // frameLengthFlag 1
        new Case("LC of 960 samples", "1194", "48000 2 960 mp4a.40.2"),
        // 00101 0111 0010 0100 00010 000
        new Case("HE-AAC, hierarchical", "2b920800", "44100 2 2048 mp4a.40.5"),
        // 00010 0111 0010 000, then 01010110111 00101 1 0100
        new Case("HE-AAC, backward compatible", "139056e5a0", "44100 2 2048 mp4a.40.5"),
        // 11101 0111 0001 0100 00010 000: a mono core, stereo output
        new Case("HE-AAC v2, hierarchical", "eb8a0800", "44100 2 2048 mp4a.40.29"),
        // ... 1 0100, then 10101001000 1
        new Case("HE-AAC v2, backward compatible", "138856e5a54880", "44100 2 2048 mp4a.40.29"),
        new Case("downsampled SBR", "29918800", "48000 2 1024 mp4a.40.5"),
        new Case("AAC Main", "0990", "48000 2 1024 mp4a.40.1"),
        // 00010 1111 24 bits of 48000 0010 000
        new Case("escaped sampling rate", "17805dc010", "48000 2 1024 mp4a.40.2"));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void readsConfiguration(Case given) {
    AudioSpecificConfig read = AudioSpecificConfig.read(Bytes.fromHex(given.hex));
    assertThat(
            read.sampleRate()
                + " "
                + read.channels()
                + " "
                + read.samplesPerFrame()
                + " "
                + read.codecs())
        .isEqualTo(given.expected);
  }

  @Test
  void tellsCoreAndExtensionApart() {
    AudioSpecificConfig read = AudioSpecificConfig.read(Bytes.fromHex("2b920800"));
    assertThat(read.objectType()).isEqualTo(2);
    assertThat(read.coreSampleRate()).isEqualTo(22050);
    assertThat(read.sampleRate()).isEqualTo(44100);
    assertThat(read.sbr()).isTrue();
    assertThat(read.ps()).isFalse();
  }

  @Test
  void movesBackwardCompatibleSignallingToTheFront() {
    assertThat(hierarchical("139056e5a0")).isEqualTo("2b920800");
    assertThat(hierarchical("138856e5a54880")).isEqualTo("eb8a0800");
  }

  @Test
  void leavesOtherSignallingAsItIs() {
    assertThat(hierarchical("120856e500")).isEqualTo("120856e500");
    assertThat(hierarchical("2b920800")).isEqualTo("2b920800");
    assertThat(hierarchical("1190")).isEqualTo("1190");
  }

  @Test
  void countsTheChannelsOfProgramConfigElement() {
    AudioSpecificConfig read =
        AudioSpecificConfig.read(
            new Syntax()
                .bits("00010 0011 0000 000") // LC, 48 kHz, channelConfiguration 0
                .bits("0000 01 0011") // tag, object type, rate
                .bits("0010 0000 0001 01 001 0001") // 2 front, 0 side, 1 back, 1 LFE, 1 data, 1 cc
                .bits("1 0000 1 0001 1 101") // mixdowns
                .bits("0 0000 1 0000") // centre, left and right
                .bits("1 0001") // back pair
                .bits("0000 0000 00000") // LFE, data, coupling
                .bits("0000000") // up to the byte border
                .u(8, 2)
                .u(16, 0x4142) // comment
                .behind());
    assertThat(read.channels()).isEqualTo(6);
    assertThat(read.channelConfiguration()).isZero();
  }

  @Test
  void refusesOtherObjectTypes() {
    assertRefused("f8e85000", Reason.UNSUPPORTED, "audioObjectType 39"); // ELD
    assertRefused("b990", Reason.UNSUPPORTED, "audioObjectType 23"); // LD
    assertRefused("0190", Reason.MALFORMED, "audioObjectType 0");
  }

  @Test
  void refusesReservedValues() {
    assertRefused("1690", Reason.MALFORMED, "samplingFrequencyIndex 13 is reserved");
    assertRefused("11c0", Reason.MALFORMED, "channelConfiguration 8 is reserved");
    assertRefused("1780000090", Reason.MALFORMED, "samplingFrequency 1 Hz");
    assertRefused(
        "2a918800", Reason.MALFORMED, "extensionSamplingFrequency 48000 Hz over a core of 32000");
    assertRefused("11", Reason.MALFORMED, "ends too early");
    assertRefused("", Reason.MALFORMED, "ends too early");
  }

  private static String hierarchical(String hex) {
    return AudioSpecificConfig.read(Bytes.fromHex(hex)).hierarchicalRecord().hex();
  }

  private static void assertRefused(String hex, Reason reason, String message) {
    assertThatThrownBy(() -> AudioSpecificConfig.read(Bytes.fromHex(hex)))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }
}
