package dev.millrace.media.flv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OnMetaDataTest {
  private static final String NAME = "02000a6f6e4d65746144617461";
  private static final String END = "000009";

  @Test
  void readsWhatObsSays() {
    String values =
        "08 00000004"
            + property("videocodecid", number(0x401C))
            + property("audiocodecid", number(0x4024))
            + property("framerate", number(0x404E))
            + property("videodatarate", number(0x4059))
            + END;
    String setDataFrame = "02000d 40736574446174614672616d65";
    assertThat(OnMetaData.read(Bytes.fromHex(setDataFrame + NAME + values)))
        .contains(new OnMetaData(true, true, OptionalDouble.of(60), 100_000));
  }

  @Test
  void readsAnObjectWithoutTheStoringCommand() {
    String values = "03" + property("audiocodecid", "02 0004 6d703461") + END;
    assertThat(OnMetaData.read(Bytes.fromHex(NAME + values)))
        .contains(new OnMetaData(false, true, OptionalDouble.empty(), 0));
  }

  @Test
  void disbelievesImpossibleNumbers() {
    String values =
        "08 00000003"
            + property("framerate", number(0xFFF8))
            + property("videodatarate", number(0x7FF0))
            + property("audiodatarate", number(0xC059))
            + END;
    assertThat(OnMetaData.read(Bytes.fromHex(NAME + values))).contains(OnMetaData.NONE);
  }

  @Test
  void audiosBitRateAloneSaysNothingOfVideo() {
    String values =
        "08 00000003"
            + property("videocodecid", number(0x401C))
            + property("videodatarate", number(0))
            + property("audiodatarate", number(0x4059))
            + END;
    assertThat(OnMetaData.read(Bytes.fromHex(NAME + values)))
        .contains(new OnMetaData(true, false, OptionalDouble.empty(), 0));
    String audioOnly = "08 00000001" + property("audiodatarate", number(0x4059)) + END;
    assertThat(OnMetaData.read(Bytes.fromHex(NAME + audioOnly)))
        .contains(new OnMetaData(false, false, OptionalDouble.empty(), 100_000));
  }

  @Test
  void passesOverOtherScripts() {
    assertThat(OnMetaData.read(Bytes.fromHex("02 0002 6869 05"))).isEmpty();
    assertThat(OnMetaData.read(Bytes.fromHex(NAME))).isEmpty();
    assertThat(OnMetaData.read(Bytes.fromHex(NAME + "05"))).isEmpty();
    assertThat(OnMetaData.read(Bytes.EMPTY)).isEmpty();
  }

  @Test
  void refusesBrokenValues() {
    assertThatThrownBy(() -> OnMetaData.read(Bytes.fromHex(NAME + "08 0000")))
        .isInstanceOf(ProtocolException.class);
  }

  private static String property(String name, String value) {
    return "%04x".formatted(name.length()) + Bytes.utf8(name).hex() + value;
  }

  /** A double by its two upper bytes. */
  private static String number(int upper) {
    return "00 %04x 000000000000".formatted(upper);
  }
}
