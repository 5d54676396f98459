package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Value;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RtmpMessageTest {
  /** A message and how it stands in the chunk stream. */
  record WireCase(String name, RtmpMessage message, int messageTypeId, String hex) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<WireCase> wireCases() {
    return Stream.of(
        new WireCase("set chunk size", new RtmpMessage.SetChunkSize(4096), 1, "00001000"),
        new WireCase("abort", new RtmpMessage.Abort(6), 2, "00000006"),
        new WireCase(
            "acknowledgement beyond 2^31",
            new RtmpMessage.Acknowledgement(0xFFFF_FFFEL),
            3,
            "fffffffe"),
        new WireCase(
            "ping response",
            new RtmpMessage.UserControl(7, Bytes.of(0, 0, 1, 2)),
            4,
            "0007 00000102"),
        new WireCase("stream begin", RtmpSession.streamBegin(1), 4, "0000 00000001"),
        new WireCase("window", new RtmpMessage.WindowAcknowledgementSize(2_500_000), 5, "002625a0"),
        new WireCase("bandwidth", new RtmpMessage.SetPeerBandwidth(2_500_000, 2), 6, "002625a0 02"),
        new WireCase("audio", new RtmpMessage.Audio(7, Bytes.of(1, 2)), 8, "0102"),
        new WireCase("video", new RtmpMessage.Video(7, Bytes.of(1, 2)), 9, "0102"),
        new WireCase("data", new RtmpMessage.Data(7, Bytes.fromHex("020001 78")), 18, "020001 78"),
        new WireCase(
            "command",
            new RtmpMessage.Command(1, "createStream", 4, List.of(Amf0Value.NULL)),
            20,
            "02 000c 63726561746553747265616d 00 4010000000000000 05"));
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void reads(WireCase wire) {
    ChunkMessage chunks =
        new ChunkMessage(3, 7, wire.messageTypeId(), 1, Bytes.fromHex(wire.hex()));
    assertThat(RtmpMessageReader.read(chunks)).isEqualTo(wire.message());
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void writes(WireCase wire) {
    ChunkMessage written = RtmpMessageWriter.write(wire.message(), 1);
    assertThat(written.messageTypeId()).isEqualTo(wire.messageTypeId());
    assertThat(written.payload()).isEqualTo(Bytes.fromHex(wire.hex()));
  }

  @Test
  void readsCommandsOfBothEncodings() {
    RtmpMessage expected = new RtmpMessage.Command(0, "createStream", 2, List.of(Amf0Value.NULL));
    // As red5 sends it with objectEncoding 3, in a message of type 20; and as Flash did, in type
    // 17.
    String amf3Values = "11 06 19 63726561746553747265616d 11 04 02 11 01";
    String amf0Values = "02 000c 63726561746553747265616d 00 4000000000000000 05";
    assertThat(read(20, 0, amf3Values)).isEqualTo(expected);
    assertThat(read(17, 0, "00" + amf3Values)).isEqualTo(expected);
    assertThat(read(17, 0, "00" + amf0Values)).isEqualTo(expected);
    assertThat(read(17, 0, amf0Values)).isEqualTo(expected);
  }

  @Test
  void makesScriptTagsOfSetDataFrame() {
    String onMetaData = "02 000a 6f6e4d65746144617461 08 00000000 000009";
    String setDataFrame = "02 000d 4073657444617461 4672616d65";
    RtmpMessage expected = new RtmpMessage.Data(7, Bytes.fromHex(onMetaData));
    assertThat(read(18, 1, setDataFrame + onMetaData)).isEqualTo(expected);
    assertThat(read(18, 1, onMetaData)).isEqualTo(expected);
    assertThat(read(15, 1, "00" + setDataFrame + onMetaData)).isEqualTo(expected);
  }

  @Test
  void spreadsAggregatesOnTheirOwnTime() {
    String video = "09 000002 ffffff 7f 000000 aabb 0000000d";
    String audio = "08 000001 000001 80 000000 cc 0000000c";
    assertThat(read(22, 1, video + audio))
        .isEqualTo(
            new RtmpMessage.Aggregate(
                List.of(
                    new RtmpMessage.Video(7, Bytes.of(0xAA, 0xBB)),
                    new RtmpMessage.Audio(9, Bytes.of(0xCC)))));
  }

  @Test
  void passesOverWhatItDoesNotKnow() {
    assertThat(read(19, 0, "0102")).isEqualTo(new RtmpMessage.Ignored(19));
    assertThat(read(0, 0, "")).isEqualTo(new RtmpMessage.Ignored(0));
    assertThat(read(99, 0, "01")).isEqualTo(new RtmpMessage.Ignored(99));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0000",
    "2, ''",
    "3, 01",
    "4, 00",
    "5, 000000",
    "6, 00000000",
    "20, ''",
    "20, 020001 78",
    "20, 00 3ff0000000000000 00 3ff0000000000000",
    "17, 00",
    "22, 09",
    "22, 09 000005 000000 00 000000 aabb"
  })
  void refusesBroken(int type, String hex) {
    assertThatThrownBy(() -> read(type, 0, hex)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void neverShowsArgumentsOfCommands() {
    RtmpMessage publish =
        new RtmpMessage.Command(1, "publish", 5, List.of(new Amf0Value.Str("secret-key")));
    assertThat(publish.toString()).contains("publish").doesNotContain("secret");
    assertThat(new PublishTarget("live", "secret-key").toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "live, live",
    "live/, live",
    "/live, live",
    "live/_definst_, live",
    "live/inst/, live",
    "live?token=x/y, live",
    "a-b.c~d_1, a-b.c~d_1"
  })
  void takesTheApplicationOutOfItsText(String text, String app) {
    assertThat(PublishTarget.app(text)).contains(app);
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "/",
    "//live",
    "live/../etc",
    "..",
    "live/%2e%2e",
    "li%20ve",
    ".hidden",
    "a..b",
    "live/a/b"
  })
  void refusesWhatCannotBeAnApplication(String text) {
    assertThat(PublishTarget.app(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"key, key", "key?a=b&c=/../, key", "Key-1_2.3~4, Key-1_2.3~4", "a+b=(c)!, a+b=(c)!"})
  void takesTheStreamKeyOutOfItsText(String text, String key) {
    assertThat(PublishTarget.streamKey(text)).contains(key);
  }

  @ParameterizedTest
  @CsvSource({"''", "?key", "a/b", "..", "a..b", "%61", "'a b'", "a\u0000b", "a\u0007b", "ü"})
  void refusesWhatCannotBeAStreamKey(String text) {
    assertThat(PublishTarget.streamKey(text)).isEmpty();
  }

  private static RtmpMessage read(int type, int messageStreamId, String hex) {
    return RtmpMessageReader.read(
        new ChunkMessage(3, 7, type, messageStreamId, Bytes.fromHex(hex)));
  }
}
