package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.server.config.NodeConfig.Transcode;
import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.ladder.LadderSettings.HevcPolicy;
import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import dev.millrace.transcoder.ladder.RungSetting;
import dev.millrace.transcoder.worker.EncoderPreference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranscodeSectionTest {
  private static Transcode read(String yaml) {
    return TranscodeSection.read(Settings.of(ConfigFile.parse("m.yaml", yaml)));
  }

  @Test
  void defaultsAreThoseOfTheLadder() {
    Transcode defaults = read("");

    assertThat(defaults.ladder()).isEqualTo(LadderSettings.DEFAULT);
    assertThat(defaults.encoder()).isEqualTo(EncoderPreference.AUTO);
    assertThat(defaults.preset()).isEqualTo(Preset.VERYFAST);
    assertThat(defaults.posterInterval()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void readsRungsAsWordsAndAsMappings() {
    Transcode read =
        read(
            """
            transcode:
              ladder:
                - 480p
                - 720p:2.5M
                - {height: 1080, bitrate: 3M, codec: av1}
                - height: 360
                  bitrate: 512.5k
            """);

    assertThat(read.ladder().mode()).isEqualTo(Mode.LIST);
    assertThat(read.ladder().list())
        .containsExactly(
            new RungSetting(480, 1_200_000, Codec.H264),
            new RungSetting(720, 2_500_000, Codec.H264),
            new RungSetting(1080, 3_000_000, Codec.AV1),
            new RungSetting(360, 512_500, Codec.H264));
  }

  @Test
  void tableIsReplacedAndSortedAndSuppliesTheList() {
    Transcode read =
        read(
            "transcode: {table: [240p:300k, 540p:1500k], ladder: [240p, 540p], hevc: passthrough}");

    assertThat(read.ladder().table())
        .containsExactly(
            new RungSetting(540, 1_500_000, Codec.H264), new RungSetting(240, 300_000, Codec.H264));
    assertThat(read.ladder().list()).extracting(RungSetting::name).containsExactly("240p", "540p");
    assertThat(read.ladder().hevc()).isEqualTo(HevcPolicy.PASSTHROUGH);
  }

  @Test
  void readsOneLineInTheEnvironment() {
    Settings settings =
        Settings.of(
            Environment.read(
                Map.of(
                    "MILLRACE_TRANSCODE_LADDER", "720p, 360p:500k",
                    "MILLRACE_TRANSCODE_AUDIO_BITRATES", "48k, 96k")));

    LadderSettings read = TranscodeSection.read(settings).ladder();
    assertThat(read.list()).extracting(RungSetting::name).containsExactly("720p", "360p");
    assertThat(read.audioBitratesBps()).isEqualTo(List.of(96_000L, 48_000L));
  }

  @Test
  void noneEncodesNothing() {
    assertThat(read("transcode: {ladder: none}").ladder().mode()).isEqualTo(Mode.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ladder: some                       | m.yaml:1: transcode.ladder is 'some', expected auto, none or a list of different rungs
          ladder: [720p, 720p]               | m.yaml:1: transcode.ladder is '720p,720p', expected auto, none or a list of different rungs
          ladder: [721p:1M]                  | m.yaml:1: transcode.ladder is '721p:1M', expected
          ladder: [700p]                     | m.yaml:1: transcode.ladder has 700p, which is not in transcode.table, expected a rung of the table or one with a bit rate like 700p:2M
          ladder: [720p:1M:vp9]              | m.yaml:1: transcode.ladder is '720p:1M:vp9', expected
          ladder: [{height: 720, rate: 1M}]  | m.yaml:1: unknown 'rate' in transcode.ladder, expected height, bitrate and codec
          ladder: [{height: many}]           | m.yaml:1: transcode.ladder, expected auto, none or a list of different rungs
          ladder: []                         | m.yaml:1: transcode.ladder is '', expected
          table: [720p]                      | m.yaml:1: transcode.table has 720p without a bit rate, expected for example 720p:2M
          table: auto                        | m.yaml:1: transcode.table is 'auto', expected a list of different rungs
          encoder: x264                      | m.yaml:1: transcode.encoder is 'x264', expected one of auto, libx264, libopenh264, nvenc, vaapi, qsv
          preset: placebo                    | m.yaml:1: transcode.preset is 'placebo', expected one of ultrafast,
          hevc: yes                          | m.yaml:1: transcode.hevc is 'yes', expected one of h264, passthrough
          audio-bitrates: [64]               | m.yaml:1: transcode.audio-bitrates is '64', expected a list of bit rates
          audio-bitrates: [64k, 64k]         | m.yaml:1: transcode.audio-bitrates is 64k, 64k, expected different bit rates of 16k to 512k
          worker-memory: 32MiB               | m.yaml:1: transcode.worker-memory is 32MiB, expected at least 64MiB
          poster-interval: 200ms             | m.yaml:1: transcode.poster-interval is 200ms, expected 0s or at least 1s
          """)
  void refusesWithFileAndLine(String setting, String message) {
    assertThatThrownBy(() -> read("transcode: {" + setting + "}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource({"64k,64000", "2.8M,2800000", "12M,12000000", "512.5k,512500"})
  void bitratesAreReadAndWritten(String text, long bps) {
    assertThat(Bitrate.read(text)).contains(bps);
    assertThat(Bitrate.read(Bitrate.write(bps))).contains(bps);
  }

  @ParameterizedTest
  @CsvSource({"0k", "64", "2M5", "1001M", "0.5k", "-1M", "1.2345M"})
  void whatIsNoBitrateIsNone(String text) {
    assertThat(Bitrate.read(text)).isEmpty();
  }
}
