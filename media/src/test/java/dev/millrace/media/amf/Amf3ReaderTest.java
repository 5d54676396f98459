package dev.millrace.media.amf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Value.Bool;
import dev.millrace.media.amf.Amf0Value.EcmaArray;
import dev.millrace.media.amf.Amf0Value.Num;
import dev.millrace.media.amf.Amf0Value.Obj;
import dev.millrace.media.amf.Amf0Value.Str;
import dev.millrace.media.amf.Amf0Value.StrictArray;
import dev.millrace.media.amf.Amf0Value.TypedObj;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Amf3ReaderTest {
  /** AMF3 stands behind an avmplus marker each. */
  private static Amf0Value read(String hex) {
    List<Amf0Value> values = Amf0Reader.readAll(Bytes.fromHex("11" + hex));
    assertThat(values).hasSize(1);
    return values.getFirst();
  }

  @Test
  void readsTheCommandOfRed5() {
    // createStream, 2, null as recorded from a red5 client with objectEncoding 3.
    Bytes recorded = Bytes.fromHex("11 06 19 63726561746553747265616d 11 04 02 11 01");
    assertThat(Amf0Reader.readAll(recorded))
        .containsExactly(new Str("createStream"), new Num(2), Amf0Value.NULL);
  }

  @ParameterizedTest
  @CsvSource({
    "04 00, 0",
    "04 7f, 127",
    "04 8100, 128",
    "04 ffff7f, 2097151",
    "04 80c08000, 2097152",
    "04 bfffffff, 268435455",
    "04 c0808000, -268435456",
    "04 ffffffff, -1",
    "05 3ff8000000000000, 1.5"
  })
  void readsNumbers(String hex, double value) {
    assertThat(read(hex)).isEqualTo(new Num(value));
  }

  @Test
  void readsSimpleValues() {
    assertThat(read("00")).isEqualTo(Amf0Value.UNDEFINED);
    assertThat(read("01")).isEqualTo(Amf0Value.NULL);
    assertThat(read("02")).isEqualTo(new Bool(false));
    assertThat(read("03")).isEqualTo(new Bool(true));
    assertThat(read("07 03 61")).isEqualTo(new Amf0Value.XmlDocument("a"));
    assertThat(read("08 01 3ff0000000000000")).isEqualTo(new Amf0Value.Date(1, 0));
    assertThat(read("0c 05 0102")).isEqualTo(new Amf0Value.ByteArray(Bytes.of(1, 2)));
  }

  @Test
  void readsStringsByReferenceAcrossValuesOfAMessage() {
    Bytes message = Bytes.fromHex("11 06 03 61  11 06 01  11 06 00");
    assertThat(Amf0Reader.readAll(message))
        .containsExactly(new Str("a"), new Str(""), new Str("a"));
  }

  @Test
  void readsArrays() {
    assertThat(read("09 05 01 04 01 03"))
        .isEqualTo(new StrictArray(List.of(new Num(1), new Bool(true))));
    assertThat(read("09 03 03 6b 01 01 02"))
        .isEqualTo(new EcmaArray(Map.of("k", Amf0Value.NULL, "0", new Bool(false))));
  }

  @Test
  void readsObjectsAndTraitsByReference() {
    assertThat(read("0a 0b 01 03 61 04 01 01")).isEqualTo(new Obj(Map.of("a", new Num(1))));
    // An array of two objects of class C with one sealed member m; the second repeats the traits.
    TypedObj expected = new TypedObj("C", Map.of("m", new Num(1)));
    assertThat(read("09 05 01  0a 13 03 43 03 6d 04 01  0a 01 04 01"))
        .isEqualTo(new StrictArray(List.of(expected, expected)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0d 03 00 00000001",
        "11 01 00",
        "0a 00",
        "0a 07 01",
        "06 02",
        "06 ff",
        "09 7f 01 01",
        "0a 05",
        "0c 7f 00",
        "04",
        "04 ff"
      })
  void refusesUnsupportedAndBroken(String hex) {
    assertThatThrownBy(() -> read(hex))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("AMF");
  }

  @Test
  void refusesDeepNesting() {
    String deep = "090301".repeat(40) + "01";
    assertThatThrownBy(() -> read(deep)).hasMessageContaining("deeper than 32");
  }
}
