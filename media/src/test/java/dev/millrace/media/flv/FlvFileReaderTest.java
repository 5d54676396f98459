package dev.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.testkit.Fragments;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlvFileReaderTest {
  private static final FlvTag AUDIO = new FlvTag(8, 0x7F_FF_FF_FF, Bytes.of(0xAF, 1, 2, 3));
  private static final FlvTag EMPTY = new FlvTag(9, -2, Bytes.EMPTY);
  private static final FlvTag SCRIPT = new FlvTag(18, 0, Bytes.utf8("\2\0\12onMetaData"));

  private static final String FILE =
      "464c5601 05 00000009 00000000"
          + "08 000004 ffffff 7f 000000 af010203 0000000f"
          + "09 000000 fffffe ff 000000 0000000b"
          + "12 00000d 000000 00 000000 02000a6f6e4d65746144617461 00000018";

  @Test
  void readsTagsWhicheverWayTheyAreCut() {
    for (List<byte[]> pieces : Fragments.of(Bytes.fromHex(FILE).toArray(), 50)) {
      assertThat(read(pieces)).containsExactly(AUDIO, EMPTY, SCRIPT);
    }
  }

  @Test
  void readsARealFileWhicheverWayItIsCut() {
    byte[] file = Arrays.copyOf(SharedMedia.bytes("media/portrait_odd_crop.flv"), 100_000);
    List<FlvTag> whole = read(List.of(file));
    assertThat(whole).hasSizeGreaterThan(50);
    for (List<byte[]> pieces : Fragments.of(file, 10)) {
      assertThat(read(pieces)).isEqualTo(whole);
    }
  }

  @Test
  void passesOverALongerFileHeader() {
    byte[] file =
        Bytes.fromHex("464c5601 01 0000000c aabbcc 00000000" + FILE.substring(29)).toArray();
    assertThat(read(List.of(file))).containsExactly(AUDIO, EMPTY, SCRIPT);
  }

  @Test
  void readsWhatTheWriterWrites() {
    Bytes file =
        Bytes.concat(
            List.of(
                FlvTagWriter.fileHeader(true, true),
                FlvTagWriter.write(AUDIO),
                FlvTagWriter.write(EMPTY),
                FlvTagWriter.write(SCRIPT)));
    assertThat(file).isEqualTo(Bytes.fromHex(FILE));
  }

  @Test
  void knowsWhetherAFileIsCutOff() {
    byte[] file = Bytes.fromHex(FILE).toArray();
    FlvFileReader reader = new FlvFileReader(1000, tag -> {});
    List<Integer> between = new ArrayList<>();
    for (int i = 0; i < file.length; i++) {
      if (reader.isBetweenTags()) {
        between.add(i);
      }
      reader.feed(file, i, 1);
    }
    assertThat(between)
        .containsExactly(
            0, 9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 43, 44, 45, 46, 47, 71, 72, 73, 74);
    assertThat(reader.isBetweenTags()).isTrue();
  }

  @Test
  void refusesWhatIsNotFlv() {
    assertRefused(
        "474946383961 000000", Reason.MALFORMED, "begins with 47494638, must be 464c5601");
    assertRefused("464c5601 05 00000008", Reason.MALFORMED, "DataOffset 8, must be 9..1024");
    assertRefused("464c5601 05 7fffffff", Reason.MALFORMED, "DataOffset 2147483647");
    assertRefused(
        "464c5601 05 00000009 00000000 09 0003e9 000000 00 000000",
        Reason.LIMIT,
        "tag of 1001 bytes at byte 13, at most 1000");
    assertRefused(
        "464c5601 05 00000009 00000000 29 000001 000000 00 000000",
        Reason.UNSUPPORTED,
        "encrypted tag at byte 13");
  }

  @Test
  void refusesToWriteABodyBeyondTheFormat() {
    FlvTag tag = new FlvTag(9, 0, Bytes.wrap(new byte[0x1000000]));
    assertThatThrownBy(() -> FlvTagWriter.write(tag)).hasMessageContaining("at most 16777215");
  }

  private static void assertRefused(String hex, Reason reason, String message) {
    assertThatThrownBy(() -> read(List.of(Bytes.fromHex(hex).toArray()), 1000))
        .isInstanceOfSatisfying(
            ProtocolException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private static List<FlvTag> read(List<byte[]> pieces) {
    return read(pieces, 1_000_000);
  }

  private static List<FlvTag> read(List<byte[]> pieces, int maxTagBytes) {
    List<FlvTag> tags = new ArrayList<>();
    FlvFileReader reader = new FlvFileReader(maxTagBytes, tags::add);
    for (byte[] piece : pieces) {
      reader.feed(piece, 0, piece.length);
    }
    return tags;
  }
}
