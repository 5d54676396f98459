package dev.millrace.media.amf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Value.Bool;
import dev.millrace.media.amf.Amf0Value.EcmaArray;
import dev.millrace.media.amf.Amf0Value.LongStr;
import dev.millrace.media.amf.Amf0Value.Num;
import dev.millrace.media.amf.Amf0Value.Obj;
import dev.millrace.media.amf.Amf0Value.Str;
import dev.millrace.media.amf.Amf0Value.StrictArray;
import dev.millrace.media.amf.Amf0Value.TypedObj;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Amf0Test {
  /** A value and its only canonical bytes. */
  record WireCase(String name, Amf0Value value, String hex) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<WireCase> wireCases() {
    return Stream.of(
        new WireCase("number", new Num(1), "00 3ff0000000000000"),
        new WireCase("true", new Bool(true), "01 01"),
        new WireCase("string", new Str("live"), "02 0004 6c697665"),
        new WireCase("umlaut", new Str("ü"), "02 0002 c3bc"),
        new WireCase("object", new Obj(Map.of("a", new Str(""))), "03 0001 61 02 0000 000009"),
        new WireCase("null", Amf0Value.NULL, "05"),
        new WireCase("undefined", Amf0Value.UNDEFINED, "06"),
        new WireCase(
            "ecma array",
            new EcmaArray(Map.of("w", new Num(2))),
            "08 00000001 0001 77 00 4000000000000000 000009"),
        new WireCase(
            "strict array",
            new StrictArray(List.of(new Bool(false), Amf0Value.NULL)),
            "0a 00000002 0100 05"),
        new WireCase("date", new Amf0Value.Date(1, 0), "0b 3ff0000000000000 0000"),
        new WireCase("date, west", new Amf0Value.Date(1, -60), "0b 3ff0000000000000 ffc4"),
        new WireCase("long string", new LongStr("x"), "0c 00000001 78"),
        new WireCase("unsupported", new Amf0Value.Unsupported(), "0d"),
        new WireCase("xml", new Amf0Value.XmlDocument("<a/>"), "0f 00000004 3c612f3e"),
        new WireCase("typed object", new TypedObj("T", Map.of()), "10 0001 54 000009"));
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void reads(WireCase wire) {
    assertThat(Amf0Reader.readAll(Bytes.fromHex(wire.hex()))).containsExactly(wire.value());
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void writes(WireCase wire) {
    assertThat(Amf0Writer.write(wire.value()).hex()).isEqualTo(wire.hex().replace(" ", ""));
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void refusesEveryShortenedForm(WireCase wire) {
    Bytes whole = Bytes.fromHex(wire.hex());
    for (int length = 1; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      if (wire.value() instanceof EcmaArray && length == whole.length() - 3) {
        continue; // allowed: the end marker may be missing
      }
      assertThatThrownBy(() -> Amf0Reader.readAll(cut)).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void readsEcmaArrayWithWrongCountAndMissingEnd() {
    Bytes tooLow = Bytes.fromHex("08 00000000 0001 61 05 0001 62 05 000009");
    assertThat(((EcmaArray) Amf0Reader.readAll(tooLow).getFirst()).properties())
        .containsOnlyKeys("a", "b");
    Bytes noEnd = Bytes.fromHex("08 00000001 0001 61 05");
    assertThat(((EcmaArray) Amf0Reader.readAll(noEnd).getFirst()).properties())
        .containsOnlyKeys("a");
  }

  @Test
  void writesLongTextAsLongString() {
    String text = "x".repeat(65_536);
    assertThat(Amf0Reader.readAll(Amf0Writer.write(new Str(text))))
        .containsExactly(new LongStr(text));
  }

  @Test
  void looksUpPropertiesByType() {
    Obj object = new Obj(Map.of("n", new Num(7), "s", new LongStr("t")));
    assertThat(object.number("n")).hasValue(7);
    assertThat(object.text("s")).contains("t");
    assertThat(object.number("s")).isEmpty();
    assertThat(object.text("n")).isEmpty();
    assertThat(object.get("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"12", "ff", "09", "07 0000", "0e", "04", "0a ffffffff 05", "0c ffffffff"})
  void refusesBrokenOrUnsupported(String hex) {
    assertThatThrownBy(() -> Amf0Reader.readAll(Bytes.fromHex(hex)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void refusesNestingBeyondTheLimit() {
    String allowed = "0a00000001".repeat(31) + "05";
    assertThat(Amf0Reader.readAll(Bytes.fromHex(allowed))).hasSize(1);
    String tooDeep = "0a00000001".repeat(32) + "05";
    assertThatThrownBy(() -> Amf0Reader.readAll(Bytes.fromHex(tooDeep)))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.reason()).isEqualTo(ProtocolException.Reason.LIMIT));
  }

  @Test
  void refusesMoreValuesThanTheLimit() {
    Bytes nulls = Bytes.fromHex("05".repeat(65_537));
    assertThatThrownBy(() -> Amf0Reader.readAll(nulls)).hasMessageContaining("65536 values");
  }

  @Test
  void onlyProtocolExceptionEscapesFromRandomInput() {
    List<String> seeds = wireCases().map(WireCase::hex).toList();
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] input = Bytes.fromHex(seeds.get(random.nextInt(seeds.size()))).toArray();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        input[random.nextInt(input.length)] = (byte) random.nextInt(256);
      }
      try {
        List<Amf0Value> values = Amf0Reader.readAll(Bytes.wrap(input));
        assertThat(values).isNotEmpty();
      } catch (ProtocolException expected) {
        assertThat(expected).hasMessageContaining("AMF");
      }
    }
  }
}
