package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mp3FrameHeaderTest {
  @ParameterizedTest
  @CsvSource({
    // sync 7ff, version, layer III, no CRC; bit rate, sampling rate, padding; mode
    "fffb9000, 10, 128000, 44100, 2, 417, 1152, mp4a.6B",
    "fffb9200, 10, 128000, 44100, 2, 418, 1152, mp4a.6B",
    "fffbe4c0, 10, 320000, 48000, 1, 960, 1152, mp4a.6B",
    "fffa1844, 10,  32000, 32000, 2, 144, 1152, mp4a.6B",
    "fff38000, 20,  64000, 22050, 2, 208,  576, mp4a.69",
    "fff3e8c4, 20, 160000, 16000, 1, 720,  576, mp4a.69",
    "ffe318c4, 25,   8000,  8000, 1,  72,  576, mp4a.69",
    "ffe34000, 25,  32000, 11025, 2, 208,  576, mp4a.69",
  })
  void readsHeader(
      String hex,
      int version,
      int bitrate,
      int rate,
      int channels,
      int length,
      int samples,
      String codecs) {
    Mp3FrameHeader header = Mp3FrameHeader.read(Bytes.fromHex(hex));
    assertThat(header).isEqualTo(new Mp3FrameHeader(version, bitrate, rate, channels, length));
    assertThat(header.samplesPerFrame()).isEqualTo(samples);
    assertThat(header.codecs()).isEqualTo(codecs);
  }

  @Test
  void refusesWhatIsNotLayerIII() {
    assertRefused("ffdb9000", Reason.MALFORMED, "syncword 7fe");
    assertRefused("fffd9000", Reason.UNSUPPORTED, "layer bits 2");
    assertRefused("ffeb9000", Reason.MALFORMED, "version bits 1");
    assertRefused("fffb", Reason.MALFORMED, "ends too early");
  }

  @Test
  void refusesFreeFormatAndForbiddenIndices() {
    assertRefused("fffb0000", Reason.UNSUPPORTED, "free format");
    assertRefused("fffbf000", Reason.MALFORMED, "bitrate_index 15");
    assertRefused("fffb9c00", Reason.MALFORMED, "sampling_frequency 3");
  }

  private static void assertRefused(String hex, Reason reason, String message) {
    assertThatThrownBy(() -> Mp3FrameHeader.read(Bytes.fromHex(hex)))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }
}
