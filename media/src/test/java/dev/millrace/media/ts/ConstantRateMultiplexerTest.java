package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstantRateMultiplexerTest {
  private static final int VIDEO = 0x100;
  private static final int AUDIO = 0x101;
  private static final long LEAD_US = 700_000;

  @ParameterizedTest
  @CsvSource({
    "bbb_480p_gop2s.flv, 3500000",
    "open_gop_bpyramid.flv, 2999999",
    "60fps_4slices_mono44k.flv, 6000000"
  })
  void placesEveryFrameInTimeAtTheConstantRate(String file, long rateBps) {
    Footage footage = Footage.read(file);
    Bytes stream = multiplex(footage.program(), footage.frames(), rateBps);
    ReadStream read = ReadStream.of(stream);
    assertThat(read.faults()).isEqualTo(TsFaults.NONE);
    assertThat(read.gaps).isEmpty();
    assertThat(read.programs).hasSize(1);
    assertEqualUnits(read, footage);
    assertClock(read, rateBps);
    assertTables(stream, rateBps);
    assertTimes(stream, footage, rateBps);
  }

  @Test
  void runsTheClockOnThroughSilence() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    ConstantRateMultiplexer mux =
        new ConstantRateMultiplexer(footage.program(), 2_000_000, LEAD_US);
    mux.restart(0);
    Bytes silence = packets(mux, 1000);
    ReadStream read = ReadStream.of(silence);
    assertClock(read, 2_000_000);
    assertThat(mux.nullPackets()).isGreaterThan(900);
    assertThat(mux.clockUs()).isEqualTo(1000 * 752L - LEAD_US);
  }

  @Test
  void tellsAnotherTimeBase() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    ConstantRateMultiplexer mux =
        new ConstantRateMultiplexer(footage.program(), 2_000_000, LEAD_US);
    mux.restart(0);
    Bytes before = packets(mux, 100);
    mux.restart(50_000_000);
    Bytes after = packets(mux, 100);
    ReadStream read = ReadStream.of(Bytes.concat(List.of(before, after)));
    List<ReadStream.Clock> jumps =
        read.clocks.stream().filter(ReadStream.Clock::discontinuity).toList();
    assertThat(jumps).hasSize(1);
    assertThat(jumps.getFirst().packet()).isEqualTo(102);
    assertThat(read.faults()).isEqualTo(TsFaults.NONE);
  }

  @Test
  void dropsLateVideoUpToTheNextKeyFrame() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    List<Frame> video = footage.frames(MediaType.VIDEO);
    ConstantRateMultiplexer mux =
        new ConstantRateMultiplexer(footage.program(), 4_000_000, LEAD_US);
    mux.restart(0);
    packets(mux, 5000); // 1.88 s, of which 0.7 s are before DTS 0
    video.forEach(frame -> mux.add(footage.program().unit(frame)));
    int dropped = mux.dropLate(500_000);
    Frame next = video.get(dropped);
    assertThat(next.key()).isTrue();
    assertThat(video.subList(1, dropped)).noneMatch(Frame::key);
  }

  @Test
  void carriesSoundAlone() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    TsProgram program = TsProgram.of(Optional.empty(), footage.audio());
    List<Frame> frames = footage.frames(MediaType.AUDIO);
    Bytes stream = multiplex(program, frames, 400_000);
    ReadStream read = ReadStream.of(stream);
    assertThat(read.programs.getFirst().pcrPid()).isEqualTo(AUDIO);
    assertThat(read.units).hasSameSizeAs(frames);
    assertClock(read, 400_000);
  }

  private static Bytes multiplex(TsProgram program, List<Frame> frames, long rateBps) {
    ConstantRateMultiplexer mux = new ConstantRateMultiplexer(program, rateBps, LEAD_US);
    Deque<Frame> left = new ArrayDeque<>(frames);
    mux.restart(left.element().dtsUs());
    List<Bytes> out = new ArrayList<>();
    while (!left.isEmpty() || mux.waiting() > 0) {
      // As from parts of 0.5 s: all that is sent within a second has come.
      while (!left.isEmpty() && left.element().dtsUs() < mux.clockUs() + 1_700_000) {
        mux.add(program.unit(left.remove()));
      }
      out.add(packets(mux, 7));
    }
    assertThat(mux.latePackets()).isZero();
    return Bytes.concat(out);
  }

  private static Bytes packets(ConstantRateMultiplexer mux, int count) {
    byte[] out = new byte[count * TsPacket.SIZE];
    for (int i = 0; i < count; i++) {
      mux.next(out, i * TsPacket.SIZE);
    }
    return Bytes.wrap(out);
  }

  private static void assertEqualUnits(ReadStream read, Footage footage) {
    for (MediaType type : MediaType.values()) {
      List<Frame> frames = footage.frames(type);
      List<ReadStream.Unit> units = read.units(type == MediaType.VIDEO ? VIDEO : AUDIO);
      assertThat(units).hasSameSizeAs(frames);
      for (int i = 0; i < units.size(); i++) {
        Frame frame = frames.get(i);
        PesPacket packet = units.get(i).packet();
        assertThat(packet.write()).isEqualTo(footage.program().unit(frame).pes());
        assertThat(packet.pts().orElseThrow()).isEqualTo(frame.ptsUs() * 9 / 100);
        assertThat(packet.dts().orElse(packet.pts().orElseThrow()))
            .isEqualTo(frame.dtsUs() * 9 / 100);
        assertThat(units.get(i).randomAccess()).isEqualTo(type == MediaType.VIDEO && frame.key());
      }
    }
  }

  /** Each PCR is that of its own byte, and no more than 40 ms from the one before. */
  private static void assertClock(ReadStream read, long rateBps) {
    ReadStream.Clock first = read.clocks.getFirst();
    assertThat(first.packet()).isEqualTo(2); // behind the tables
    long before = 0;
    for (ReadStream.Clock clock : read.clocks) {
      double ticks = (clock.packet() - 2) * 1504.0 * 27e6 / rateBps;
      long told = Math.floorMod(clock.pcr() - first.pcr(), TsClock.PCR_MODULUS);
      assertThat((double) told).isCloseTo(ticks, within(1.0));
      assertThat((clock.packet() - before) * 1504e3 / rateBps).isLessThanOrEqualTo(40);
      before = clock.packet();
    }
    assertThat((read.packets() - before) * 1504e3 / rateBps).isLessThanOrEqualTo(40);
  }

  /** PAT and PMT at most 100 ms apart, and in front of each random access. */
  private static void assertTables(Bytes stream, long rateBps) {
    Map<Integer, Integer> last = new HashMap<>();
    for (int i = 0; i < stream.length() / TsPacket.SIZE; i++) {
      TsPacket packet = TsPacket.read(stream.slice(i * TsPacket.SIZE, TsPacket.SIZE));
      if (packet.pid() == 0 || packet.pid() == 0x1000) {
        int before = last.getOrDefault(packet.pid(), 0);
        assertThat((i - before) * 1504e3 / rateBps).isLessThanOrEqualTo(100);
        last.put(packet.pid(), i);
      }
      if (packet.adaptation().filter(AdaptationField::randomAccess).isPresent()) {
        assertThat(last).containsEntry(0x1000, i - 1).containsEntry(0, i - 2);
        assertThat(packet.adaptation().orElseThrow().pcr()).isPresent();
      }
    }
  }

  /** Each frame has come as a whole at its DTS, and none of it before its lead. */
  private static void assertTimes(Bytes stream, Footage footage, long rateBps) {
    Map<Integer, Integer> next = new HashMap<>();
    long startUs = footage.frames().getFirst().dtsUs() - LEAD_US;
    for (int i = 0; i < stream.length() / TsPacket.SIZE; i++) {
      TsPacket packet = TsPacket.read(stream.slice(i * TsPacket.SIZE, TsPacket.SIZE));
      boolean media = packet.pid() == VIDEO || packet.pid() == AUDIO;
      if (!media || packet.payload().isEmpty()) {
        continue;
      }
      boolean video = packet.pid() == VIDEO;
      int index = next.merge(packet.pid(), packet.unitStart() ? 1 : 0, Integer::sum) - 1;
      long dtsUs = footage.frames(video ? MediaType.VIDEO : MediaType.AUDIO).get(index).dtsUs();
      double beginsUs = startUs + i * 1504e6 / rateBps;
      assertThat(beginsUs).isLessThanOrEqualTo((double) dtsUs);
      assertThat(dtsUs - beginsUs).isLessThanOrEqualTo((video ? LEAD_US : 100_000) + 1.0);
    }
  }
}
