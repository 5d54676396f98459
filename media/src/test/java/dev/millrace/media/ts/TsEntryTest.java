package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.testkit.Damage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TsEntryTest {
  /** Two seconds between key frames. */
  private static final Footage FOOTAGE = Footage.read("bbb_480p_gop2s.flv");

  private static final int DATAGRAM = 7 * TsPacket.SIZE;

  @Test
  void beginsWithTablesAndAKeyFrameWhereverOneComesIn() {
    Bytes stream = written(FOOTAGE.program(), FOOTAGE.frames());
    List<ReadStream.Unit> whole = ReadStream.of(stream).units(0x100);
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      // Behind the last key frame there is nothing to wait for.
      int from = random.nextInt(stream.length() / TsPacket.SIZE / 2);
      Bytes entered = enter(stream.slice(from * TsPacket.SIZE));
      assertThat(TsPacket.read(entered.slice(0, TsPacket.SIZE)).pid()).isZero();
      ReadStream read = ReadStream.of(entered);
      List<ReadStream.Unit> pictures = read.units(0x100);
      assertThat(pictures.getFirst().randomAccess()).isTrue();
      assertThat(pictures).isEqualTo(whole.subList(whole.size() - pictures.size(), whole.size()));
      assertThat(read.faults()).isEqualTo(TsFaults.NONE);
      assertThat(read.gaps).isEmpty();
    }
  }

  @Test
  void soundAloneBeginsBehindTheTables() {
    TsProgram program = TsProgram.of(Optional.empty(), FOOTAGE.audio());
    Bytes stream = written(program, FOOTAGE.frames(MediaType.AUDIO));
    Bytes entered = enter(stream.slice(10 * TsPacket.SIZE));
    assertThat(stream.length() - entered.length()).isLessThan(stream.length() / 4);
    assertThat(ReadStream.of(entered).programs).hasSize(1);
  }

  @Test
  void waitsTenSecondsForAKeyFrameThatIsNotTold() {
    Bytes stream = written(FOOTAGE.program(), FOOTAGE.frames());
    byte[] untold = stream.toArray();
    for (int at = 0; at < untold.length; at += TsPacket.SIZE) {
      if ((untold[at + 3] & 0x20) != 0 && untold[at + 4] > 0) {
        untold[at + 5] &= ~0x40;
      }
    }
    List<ReadStream.Clock> clocks = ReadStream.of(stream).clocks;
    Bytes entered = enter(Bytes.wrap(untold));
    assertThat(entered.isEmpty()).as("footage is longer than 10 s").isFalse();
    long first = ReadStream.of(entered).clocks.getFirst().pcr() - clocks.getFirst().pcr();
    assertThat(Math.floorMod(first, TsClock.PCR_MODULUS))
        .isBetween(10 * TsClock.PCR_HZ, 11 * TsClock.PCR_HZ);
    assertThat(TsPacket.read(entered.slice(0, TsPacket.SIZE)).pid()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void survivesDamage(Damage damage) {
    byte[] stream = written(FOOTAGE.program(), FOOTAGE.frames().subList(0, 200)).toArray();
    for (int seed = 0; seed < 100; seed++) {
      Bytes damaged = Bytes.wrap(damage.apply(stream, 0, new Random(seed)));
      assertThat(enter(damaged).length()).isLessThanOrEqualTo(damaged.length() + DATAGRAM * 2);
    }
  }

  /** A datagram at a time. */
  private static Bytes enter(Bytes stream) {
    TsEntry entry = new TsEntry();
    List<Bytes> given = new ArrayList<>();
    for (int at = 0; at < stream.length(); at += DATAGRAM) {
      given.add(entry.take(stream.slice(at, Math.min(DATAGRAM, stream.length() - at))));
    }
    return Bytes.concat(given);
  }

  private static Bytes written(TsProgram program, List<Frame> frames) {
    TsWriter writer = new TsWriter(program, 100_000);
    return Bytes.concat(frames.stream().map(writer::write).toList());
  }
}
