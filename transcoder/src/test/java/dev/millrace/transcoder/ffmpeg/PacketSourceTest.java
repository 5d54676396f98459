package dev.millrace.transcoder.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import dev.millrace.testkit.SharedMedia;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.junit.jupiter.api.Test;

class PacketSourceTest {
  private record Packet(int track, long dtsUs, long ptsUs, boolean key) {}

  private static PublishOptions.Tracks tracks(String options) {
    return PublishOptions.parse(List.of(("test rtmp://h/a/k " + options).strip().split(" ")))
        .tracks();
  }

  private static List<Packet> read(PacketSource source, long untilUs) {
    List<Packet> packets = new ArrayList<>();
    AVPacket packet = av_packet_alloc();
    while (source.nextUs() < untilUs) {
      if (source.read(packet)) {
        packets.add(
            new Packet(
                packet.stream_index(),
                packet.dts(),
                packet.pts(),
                (packet.flags() & AV_PKT_FLAG_KEY) != 0));
        av_packet_unref(packet);
      }
    }
    av_packet_free(packet);
    return packets;
  }

  private static LongStream dts(List<Packet> packets, int track) {
    return packets.stream().filter(p -> p.track() == track).mapToLong(Packet::dtsUs);
  }

  @Test
  void testPicturesHaveAConstantRateAndKeyFramesWhereAskedFor() {
    try (PacketSource source =
        EncodedPackets.test(
            tracks("--size 320x180 --fps 10 --gop 5 --bitrate 100000"), Clock.systemUTC())) {
      assertThat(source.tracks())
          .extracting(track -> track.codec_id())
          .containsExactly(AV_CODEC_ID_H264, AV_CODEC_ID_AAC);
      List<Packet> packets = read(source, 2_000_000);
      assertThat(dts(packets, 0).toArray())
          .containsExactly(LongStream.range(0, 20).map(i -> i * 100_000).toArray());
      assertThat(packets.stream().filter(p -> p.track() == 0 && p.key()).map(Packet::dtsUs))
          .containsExactly(0L, 500_000L, 1_000_000L, 1_500_000L);
      assertThat(dts(packets, 1).limit(3).toArray()).containsExactly(0, 21_333, 42_667);
      assertThat(packets).allMatch(p -> p.ptsUs() == p.dtsUs());
    }
  }

  @Test
  void testPicturesBeginWithAKeyFrameAgainWhenAskedTo() {
    try (PacketSource source =
        EncodedPackets.test(
            tracks("--size 320x180 --fps 10 --gop 100 --no-audio"), Clock.systemUTC())) {
      read(source, 700_000);
      source.keyFrameNext();
      assertThat(read(source, 900_000)).extracting(Packet::key).containsExactly(true, false);
    }
  }

  @Test
  void encodesTheOtherCodecsToo() {
    try (PacketSource source =
        EncodedPackets.test(
            tracks("--size 320x180 --fps 10 --video-codec hevc --audio-codec mp3"),
            Clock.systemUTC())) {
      assertThat(source.tracks())
          .extracting(track -> track.codec_id())
          .containsExactly(AV_CODEC_ID_HEVC, AV_CODEC_ID_MP3);
      List<Packet> packets = read(source, 500_000);
      assertThat(packets.stream().filter(p -> p.track() == 0)).isNotEmpty();
      assertThat(dts(packets, 1).min()).hasValue(0);
    }
  }

  @Test
  void fileGoesOnRoundAfterRound() {
    String file = SharedMedia.require("media/bbb_prog_10s.mp4").toString();
    try (PacketSource source = new FilePackets(file, PublishOptions.Tracks.AS_THEY_ARE, false)) {
      List<Packet> packets = read(source, 31_000_000);
      assertThat(packets.stream().mapToLong(Packet::dtsUs).min()).hasValue(0);
      for (int track = 0; track < 2; track++) {
        long[] times = dts(packets, track).toArray();
        for (int i = 1; i < times.length; i++) {
          assertThat(times[i] - times[i - 1]).as("step %s of track %s", i, track).isBetween(1L, 150_000L);
        }
      }
    }
  }

  @Test
  void fileEndsAfterOneRoundWhenAskedTo() {
    String file = SharedMedia.require("media/bbb_prog_10s.mp4").toString();
    try (PacketSource source = new FilePackets(file, PublishOptions.Tracks.AS_THEY_ARE, true)) {
      List<Packet> packets = read(source, 60_000_000);
      assertThat(packets.getLast().dtsUs()).isBetween(9_000_000L, 11_000_000L);
      assertThat(source.nextUs()).isEqualTo(PacketSource.END);
    }
  }

  @Test
  void fileEncodedAnewGoesOnRoundAfterRound() {
    String file = SharedMedia.require("media/bbb_prog_10s.mp4").toString();
    try (PacketSource source =
        EncodedPackets.file(file, tracks("--size 160x120 --fps 5"), false)) {
      List<Packet> packets = read(source, 21_000_000);
      for (int track = 0; track < 2; track++) {
        long[] times = dts(packets, track).toArray();
        for (int i = 1; i < times.length; i++) {
          assertThat(times[i] - times[i - 1]).as("step %s of track %s", i, track).isBetween(1L, 400_000L);
        }
      }
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertThatThrownBy(() -> new FilePackets("no-such.mp4", PublishOptions.Tracks.AS_THEY_ARE, false))
        .isInstanceOf(AvError.class)
        .hasMessage("cannot open no-such.mp4: No such file or directory (-2)");
  }

  @Test
  void quotesFileNamesForFilters() {
    assertThat(FilterGraph.quoted("/a/b.mp4")).isEqualTo("/a/b.mp4");
    assertThat(FilterGraph.quoted("it's:1,2.mp4")).isEqualTo("it\\\\\\'s\\\\:1\\,2.mp4");
  }
}
