package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TsPacketTest {
  @Test
  void writesTheClockInItsPlace() {
    // 2^32 ticks of 90 kHz and 299 of 27 MHz: each piece of the field has a bit set
    long pcr = (1L << 32) * 300 + 299;
    TsPacket packet =
        new TsPacket(
            0x100,
            false,
            7,
            Optional.of(new AdaptationField(true, false, OptionalLong.of(pcr))),
            Bytes.EMPTY);
    Bytes written = written(packet);
    assertThat(written.slice(0, 12).hex()).isEqualTo("47010027" + "b790" + "80000000" + "7f2b");
    assertThat(written.slice(12).toArray()).containsOnly(0xFF);
    assertThat(TsPacket.read(written)).isEqualTo(packet);
  }

  @Test
  void stuffsWhatThePayloadLeaves() {
    for (int length = 1; length <= 184; length++) {
      byte[] payload = new byte[length];
      new Random(length).nextBytes(payload);
      TsPacket packet =
          new TsPacket(0x1FFE, true, length & 15, Optional.empty(), Bytes.wrap(payload));
      TsPacket read = TsPacket.read(written(packet));
      assertThat(read.payload()).isEqualTo(packet.payload());
      assertThat(read.pid()).isEqualTo(0x1FFE);
      assertThat(read.unitStart()).isTrue();
      assertThat(read.continuityCounter()).isEqualTo(length & 15);
    }
  }

  @Test
  void refusesWhatIsNoPacket() {
    byte[] tooLongField = new byte[188];
    tooLongField[0] = 0x47;
    tooLongField[3] = 0x30;
    tooLongField[4] = (byte) 184;
    for (Bytes bad :
        List.of(Bytes.wrap(new byte[188]), Bytes.wrap(new byte[187]), Bytes.wrap(tooLongField))) {
      assertThatThrownBy(() -> TsPacket.read(bad)).isInstanceOf(ProtocolException.class);
    }
  }

  /** These bytes, CRC and all, are what ffmpeg writes for the same program. */
  @Test
  void writesTheProgramTablesOfEverybody() {
    Section association = new ProgramAssociation(1, 0, Map.of(1, 0x1000)).section();
    assertThat(association.write().hex()).isEqualTo("00b00d0001c100000001f0002ab104b2");
    ProgramMap map =
        new ProgramMap(
            1,
            0,
            0x100,
            List.of(new ProgramMap.Stream(0x1B, 0x100), new ProgramMap.Stream(0x0F, 0x101)));
    Bytes written = map.section().write();
    assertThat(written.hex()).isEqualTo("02b0170001c10000e100f0001be100f0000fe101f0002f44b99b");
    assertThat(ProgramMap.read(Section.read(written))).isEqualTo(map);
  }

  @Test
  void refusesASectionWithAFlippedBit() {
    Bytes good = new ProgramAssociation(1, 0, Map.of(1, 0x1000)).section().write();
    for (int bit = 0; bit < good.length() * 8; bit++) {
      byte[] bad = good.toArray();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> Section.read(Bytes.wrap(bad))).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void writesTimestampsWithTheirMarkerBits() {
    PesPacket packet =
        new PesPacket(
            0xE0, OptionalLong.of(126_000), OptionalLong.of(0x1_FFFF_FFFFL), Bytes.of(1, 2));
    assertThat(packet.write().hex())
        .isEqualTo("000001e0000f84c00a" + "310007d861" + "1fffffffff" + "0102");
    assertThat(PesPacket.read(packet.write())).isEqualTo(packet);
  }

  @Test
  void writesTheHeaderOfAdts() {
    AdtsHeader header = new AdtsHeader(2, 3, 2, false, 378);
    assertThat(header.write().hex()).isEqualTo("fff14c802f5ffc");
    assertThat(AdtsHeader.read(header.write(), 0)).isEqualTo(header);
    assertThat(header.audioSpecificConfig().hex()).isEqualTo("1190");
  }

  private static Bytes written(TsPacket packet) {
    byte[] out = new byte[TsPacket.SIZE];
    packet.write(out, 0);
    return Bytes.wrap(out);
  }
}
