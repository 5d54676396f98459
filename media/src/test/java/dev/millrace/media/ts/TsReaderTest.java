package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.testkit.Damage;
import dev.millrace.testkit.Fragments;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TsReaderTest {
  private static final int FRAMES = 60;

  @Test
  void readsWhatWasWrittenHoweverItIsCut() {
    byte[] stream = written();
    ReadStream whole = ReadStream.of(Bytes.wrap(stream));
    assertThat(whole.units).hasSize(FRAMES);
    for (List<byte[]> pieces : Fragments.of(stream, 5)) {
      ReadStream read = ReadStream.of(pieces);
      assertThat(read.units).isEqualTo(whole.units);
      assertThat(read.clocks).isEqualTo(whole.clocks);
      assertThat(read.faults()).isEqualTo(TsFaults.NONE);
    }
  }

  @Test
  void findsPacketsBehindWhatIsNone() {
    byte[] stream = written();
    byte[] before = new byte[1000];
    new Random(1).nextBytes(before);
    ReadStream read = ReadStream.of(Bytes.concat(List.of(Bytes.wrap(before), Bytes.wrap(stream))));
    assertThat(read.units).isEqualTo(ReadStream.of(Bytes.wrap(stream)).units);
    assertThat(read.faults().syncBytes()).isEqualTo(1000);
  }

  @Test
  void dropsTheFrameOfALostPacketAndTellsTheGap() {
    byte[] stream = written();
    int lost = indexInsideAFrame(stream);
    List<Bytes> kept = new ArrayList<>();
    kept.add(Bytes.wrap(stream, 0, lost * 188));
    kept.add(Bytes.wrap(stream, (lost + 1) * 188, stream.length - (lost + 1) * 188));
    ReadStream read = ReadStream.of(Bytes.concat(kept));
    assertThat(read.units).hasSize(FRAMES - 1);
    assertThat(read.gaps).containsExactly(0x100);
    assertThat(read.faults().continuity()).isEqualTo(1);
  }

  @Test
  void passesOverARepeatedPacket() {
    byte[] stream = written();
    int repeated = indexInsideAFrame(stream);
    Bytes twice = Bytes.wrap(stream, repeated * 188, 188);
    ReadStream read =
        ReadStream.of(
            Bytes.concat(
                List.of(
                    Bytes.wrap(stream, 0, (repeated + 1) * 188),
                    twice,
                    Bytes.wrap(
                        stream, (repeated + 1) * 188, stream.length - (repeated + 1) * 188))));
    assertThat(read.units).isEqualTo(ReadStream.of(Bytes.wrap(stream)).units);
    assertThat(read.faults()).isEqualTo(TsFaults.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void survivesDamage(Damage damage) {
    byte[] stream = written();
    int longest =
        ReadStream.of(Bytes.wrap(stream)).units.stream()
            .mapToInt(unit -> unit.packet().data().length())
            .max()
            .orElseThrow();
    for (int seed = 0; seed < 200; seed++) {
      ReadStream read = ReadStream.of(Bytes.wrap(damage.apply(stream, 0, new Random(seed))));
      assertThat(read.units)
          .allSatisfy(
              unit -> assertThat(unit.packet().data().length()).isLessThan(2 * longest + 400));
    }
  }

  @Test
  void boundsAPacketThatNeverEnds() {
    byte[] stream = written();
    int start = indexInsideAFrame(stream);
    TsPacket inside = TsPacket.read(Bytes.wrap(stream, start * 188, 188));
    List<Bytes> pieces = new ArrayList<>();
    pieces.add(Bytes.wrap(stream, 0, (start + 1) * 188));
    Bytes payload = Bytes.wrap(new byte[184]);
    int counter = inside.continuityCounter();
    for (int i = 0; i < 30_000; i++) {
      counter = counter + 1 & 15;
      byte[] packet = new byte[188];
      new TsPacket(0x100, false, counter, java.util.Optional.empty(), payload).write(packet, 0);
      pieces.add(Bytes.wrap(packet));
    }
    ReadStream read = ReadStream.of(Bytes.concat(pieces));
    assertThat(read.faults().oversize() + read.faults().malformed()).isLessThanOrEqualTo(1);
    assertThat(read.units)
        .allSatisfy(
            unit -> assertThat(unit.packet().data().length()).isLessThan(ReadStream.MAX_PES));
  }

  private static byte[] written() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    TsWriter writer = new TsWriter(footage.program(), 100_000);
    List<Bytes> out = new ArrayList<>();
    for (Frame frame : footage.frames().subList(0, FRAMES)) {
      out.add(writer.write(frame));
    }
    return Bytes.concat(out).toArray();
  }

  /** A packet that neither begins nor ends a frame. */
  private static int indexInsideAFrame(byte[] stream) {
    for (int i = 10; ; i++) {
      TsPacket packet = TsPacket.read(Bytes.wrap(stream, i * 188, 188));
      TsPacket next = TsPacket.read(Bytes.wrap(stream, (i + 1) * 188, 188));
      if (packet.pid() == 0x100
          && !packet.unitStart()
          && next.pid() == 0x100
          && !next.unitStart()) {
        return i;
      }
    }
  }
}
