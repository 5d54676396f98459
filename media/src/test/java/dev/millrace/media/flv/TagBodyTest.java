package dev.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hand-made bytes after FLV §E.4.2, §E.4.3 and Enhanced RTMP v2. */
class TagBodyTest {
  private static final Bytes DATA = Bytes.of(1, 2, 3, 4);
  private static final int HVC1 = 0x68766331;
  private static final int MP4A = 0x6D703461;

  record Wire<T>(String name, String hex, T value) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Wire<VideoTagBody>> video() {
    return Stream.of(
        new Wire<>(
            "AVC sequence header",
            "17 00 000000 01020304",
            new VideoTagBody.SequenceStart(VideoCodec.AVC, DATA)),
        new Wire<>("AVC key frame", "17 01 000050 01020304", coded(VideoCodec.AVC, true, 80, 0)),
        new Wire<>(
            "AVC inter frame shown before it is decoded",
            "27 01 ffffd8 01020304",
            coded(VideoCodec.AVC, false, -40, 0)),
        new Wire<>("AVC end of sequence", "17 02 000000", new VideoTagBody.SequenceEnd()),
        new Wire<>(
            "HEVC sequence header by codec id",
            "1c 00 000000 01020304",
            new VideoTagBody.SequenceStart(VideoCodec.HEVC, DATA)),
        new Wire<>(
            "HEVC frame by codec id",
            "2c 01 800000 01020304",
            coded(VideoCodec.HEVC, false, -8_388_608, 0)),
        new Wire<>("seek command", "57 00", new VideoTagBody.Nothing()),
        new Wire<>("no body", "", new VideoTagBody.Nothing()),
        new Wire<>("header byte alone", "17", new VideoTagBody.Nothing()),
        new Wire<>(
            "hvc1 sequence start",
            "90 68766331 01020304",
            new VideoTagBody.SequenceStart(VideoCodec.HEVC, DATA)),
        new Wire<>(
            "hvc1 coded frame",
            "a1 68766331 fffffe 01020304",
            coded(VideoCodec.HEVC, false, -2, 0)),
        new Wire<>(
            "hvc1 coded frame without composition time",
            "93 68766331 01020304",
            coded(VideoCodec.HEVC, true, 0, 0)),
        new Wire<>(
            "avc1 coded frame", "91 61766331 000021 01020304", coded(VideoCodec.AVC, true, 33, 0)),
        new Wire<>("hvc1 sequence end", "92 68766331", new VideoTagBody.SequenceEnd()),
        new Wire<>("hvc1 metadata", "94 68766331 01020304", new VideoTagBody.Metadata(DATA)),
        new Wire<>("extended command", "d1 00", new VideoTagBody.Nothing()),
        new Wire<>(
            "nanoseconds",
            "97 02 07a120 01 68766331 000000 01020304",
            coded(VideoCodec.HEVC, true, 0, 500_000)),
        new Wire<>(
            "two modifiers, the first unknown",
            "97 00 ff f7 02 00000a 03 68766331 01020304",
            coded(VideoCodec.HEVC, true, 0, 10)),
        new Wire<>(
            "modifier of 256 bytes",
            "97 ff 00ff " + "00".repeat(256) + " 13 68766331 01020304",
            coded(VideoCodec.HEVC, true, 0, 0)),
        new Wire<>(
            "one track",
            "96 00 68766331 05 01020304",
            new VideoTagBody.Multitrack(List.of(new MultitrackEntry(5, HVC1, 0, 0, DATA)))),
        new Wire<>(
            "many tracks",
            "96 11 68766331 00 000003 0a0b0c 01 000004 01020304",
            new VideoTagBody.Multitrack(
                List.of(
                    new MultitrackEntry(0, HVC1, 1, 0, Bytes.of(10, 11, 12)),
                    new MultitrackEntry(1, HVC1, 1, 0, DATA)))),
        new Wire<>(
            "many tracks of many codecs, with nanoseconds",
            "97 02 000007 06 23 68766331 00 000001 09 61763031 02 000000",
            new VideoTagBody.Multitrack(
                List.of(
                    new MultitrackEntry(0, HVC1, 3, 7, Bytes.of(9)),
                    new MultitrackEntry(2, 0x61763031, 3, 7, Bytes.EMPTY)))));
  }

  static Stream<Wire<AudioTagBody>> audio() {
    return Stream.of(
        new Wire<>(
            "AAC sequence header",
            "af 00 1190",
            new AudioTagBody.SequenceStart(AudioCodec.AAC, Bytes.of(0x11, 0x90))),
        new Wire<>("AAC frame", "af 01 01020304", coded(AudioCodec.AAC, 0)),
        new Wire<>("AAC of nothing", "af", new AudioTagBody.Nothing()),
        new Wire<>("MP3", "2f 01020304", coded(AudioCodec.MP3, 0)),
        new Wire<>("MP3 of 8 kHz", "e2 01020304", coded(AudioCodec.MP3, 0)),
        new Wire<>("no body", "", new AudioTagBody.Nothing()),
        new Wire<>(
            "mp4a sequence start",
            "90 6d703461 1190",
            new AudioTagBody.SequenceStart(AudioCodec.AAC, Bytes.of(0x11, 0x90))),
        new Wire<>("mp4a coded frame", "91 6d703461 01020304", coded(AudioCodec.AAC, 0)),
        new Wire<>(".mp3 coded frame", "91 2e6d7033 01020304", coded(AudioCodec.MP3, 0)),
        new Wire<>("mp4a sequence end", "92 6d703461", new AudioTagBody.SequenceEnd()),
        new Wire<>("order of channels", "94 6d703461 01 06", new AudioTagBody.Nothing()),
        new Wire<>(
            "nanoseconds", "97 02 0f423f 01 6d703461 01020304", coded(AudioCodec.AAC, 999_999)),
        new Wire<>(
            "many tracks",
            "95 11 6d703461 00 000001 09 01 000004 01020304",
            new AudioTagBody.Multitrack(
                List.of(
                    new MultitrackEntry(0, MP4A, 1, 0, Bytes.of(9)),
                    new MultitrackEntry(1, MP4A, 1, 0, DATA)))));
  }

  @ParameterizedTest
  @MethodSource("video")
  void readsVideo(Wire<VideoTagBody> wire) {
    assertThat(VideoTagBody.read(Bytes.fromHex(wire.hex()))).isEqualTo(wire.value());
  }

  @ParameterizedTest
  @MethodSource("audio")
  void readsAudio(Wire<AudioTagBody> wire) {
    assertThat(AudioTagBody.read(Bytes.fromHex(wire.hex()))).isEqualTo(wire.value());
  }

  @Test
  void readsOneTrackOfSeveral() {
    MultitrackEntry entry = new MultitrackEntry(1, HVC1, 1, 7, Bytes.fromHex("00000a 01020304"));
    assertThat(VideoTagBody.read(entry)).isEqualTo(coded(VideoCodec.HEVC, false, 10, 7));
    assertThat(AudioTagBody.read(new MultitrackEntry(1, MP4A, 1, 7, DATA)))
        .isEqualTo(coded(AudioCodec.AAC, 7));
  }

  static Stream<Wire<String>> unsupportedVideo() {
    return Stream.of(
        new Wire<>("H.263", "22 0000", "video codec id 2 (Sorenson H.263)"),
        new Wire<>("AV1", "90 61763031 00", "video codec 'av01'"),
        new Wire<>("VP9", "91 76703039 00", "video codec 'vp09'"),
        new Wire<>("not printable", "91 00ff7f39 00", "video codec '...9'"),
        new Wire<>("MPEG-2 TS start", "95 68766331 00", "VideoPacketType 5"));
  }

  @ParameterizedTest
  @MethodSource("unsupportedVideo")
  void namesTheVideoCodecItDoesNotSupport(Wire<String> wire) {
    assertRefused(() -> VideoTagBody.read(Bytes.fromHex(wire.hex())), Reason.UNSUPPORTED, wire);
  }

  static Stream<Wire<String>> unsupportedAudio() {
    return Stream.of(
        new Wire<>("Speex", "b2 00", "sound format 11 (Speex)"),
        new Wire<>("PCM", "3f 00", "sound format 3 (PCM)"),
        new Wire<>("Opus", "90 4f707573 00", "audio codec 'Opus'"),
        new Wire<>("AC-3", "91 61632d33 00", "audio codec 'ac-3'"),
        new Wire<>("FLAC", "91 664c6143 00", "audio codec 'fLaC'"),
        new Wire<>("packet type", "93 6d703461 00", "AudioPacketType 3"));
  }

  @ParameterizedTest
  @MethodSource("unsupportedAudio")
  void namesTheAudioCodecItDoesNotSupport(Wire<String> wire) {
    assertRefused(() -> AudioTagBody.read(Bytes.fromHex(wire.hex())), Reason.UNSUPPORTED, wire);
  }

  static Stream<Wire<String>> malformedVideo() {
    return Stream.of(
        new Wire<>("AVC header", "17 01 0000", "video header of 4 bytes, needs 5"),
        new Wire<>("AVC packet type", "17 03 000000", "AVCPacketType 3, must be 0..2"),
        new Wire<>("FourCC", "91 687663", "FourCC needs 4 bytes at 1"),
        new Wire<>("composition time", "91 68766331 0000", "needs 3 of composition time"),
        new Wire<>("ModEx size", "97", "ModEx size needs 1 bytes at 1"),
        new Wire<>("ModEx data", "97 05 00", "ModEx data needs 7 bytes at 2"),
        new Wire<>("long ModEx", "97 ff 00", "ModEx size needs 2 bytes at 2"),
        new Wire<>("multitrack in multitrack", "96 06 68766331 00", "multitrack type 0 of packet"),
        new Wire<>("multitrack layout", "96 31 68766331 00", "multitrack type 3"),
        new Wire<>("track size", "96 11 68766331 00 000005 01020304", "track 0 needs 5 bytes"));
  }

  @ParameterizedTest
  @MethodSource("malformedVideo")
  void refusesBrokenVideo(Wire<String> wire) {
    assertRefused(() -> VideoTagBody.read(Bytes.fromHex(wire.hex())), Reason.MALFORMED, wire);
  }

  @Test
  void throwsNothingButProtocolExceptionsOnNoise() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(24)];
      random.nextBytes(noise);
      if (noise.length > 5 && random.nextBoolean()) {
        noise[0] |= (byte) 0x90;
        Bytes.of(0x68, 0x76, 0x63, 0x31).copyTo(0, noise, 1, 4);
      }
      Bytes body = Bytes.wrap(noise);
      readQuietly(() -> VideoTagBody.read(body));
      readQuietly(() -> AudioTagBody.read(body));
    }
  }

  @Test
  void writesWhatItReadsOfManyTracks() {
    for (Wire<VideoTagBody> wire : video().filter(w -> w.name().startsWith("many")).toList()) {
      List<MultitrackEntry> entries = ((VideoTagBody.Multitrack) wire.value()).entries();
      assertThat(VideoTagWriter.multitrack(true, entries)).isEqualTo(Bytes.fromHex(wire.hex()));
    }
  }

  @Test
  void readsSharesOfTracksThatItWrote() {
    List<MultitrackEntry> starts =
        List.of(
            MultitrackEntry.sequenceStart(0, VideoCodec.AVC, DATA),
            MultitrackEntry.sequenceStart(255, VideoCodec.HEVC, DATA));
    List<MultitrackEntry> frames =
        List.of(
            MultitrackEntry.codedFrame(0, VideoCodec.AVC, -40, DATA),
            MultitrackEntry.codedFrame(3, VideoCodec.AVC, 80, DATA));
    assertThat(VideoTagBody.read(VideoTagWriter.multitrack(true, starts)))
        .isEqualTo(new VideoTagBody.Multitrack(starts));
    assertThat(VideoTagBody.read(VideoTagWriter.multitrack(false, frames)))
        .isEqualTo(new VideoTagBody.Multitrack(frames));
    assertThat(starts.stream().map(VideoTagBody::read))
        .containsExactly(
            new VideoTagBody.SequenceStart(VideoCodec.AVC, DATA),
            new VideoTagBody.SequenceStart(VideoCodec.HEVC, DATA));
    assertThat(frames.stream().map(VideoTagBody::read))
        .containsExactly(coded(VideoCodec.AVC, false, -40, 0), coded(VideoCodec.AVC, false, 80, 0));
    assertThatThrownBy(
            () -> VideoTagWriter.multitrack(true, List.of(starts.getFirst(), frames.getFirst())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void readQuietly(Runnable reading) {
    try {
      reading.run();
    } catch (ProtocolException refused) {
      assertThat(refused).hasMessageMatching(".{10,200}");
    }
  }

  private static void assertRefused(Runnable reading, Reason reason, Wire<String> wire) {
    assertThatThrownBy(reading::run)
        .isInstanceOfSatisfying(
            ProtocolException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .hasMessageContaining(wire.value());
  }

  private static VideoTagBody coded(VideoCodec codec, boolean key, int compositionMs, int nanos) {
    return new VideoTagBody.CodedFrame(codec, key, compositionMs, nanos, DATA);
  }

  private static AudioTagBody coded(AudioCodec codec, int nanos) {
    return new AudioTagBody.CodedFrame(codec, nanos, DATA);
  }
}
