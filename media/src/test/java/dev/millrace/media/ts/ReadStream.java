package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** All that a reader tells of a stream. */
final class ReadStream implements TsReader.Listener {
  record Unit(int pid, PesPacket packet, boolean randomAccess) {}

  record Clock(long pcr, long packet, boolean discontinuity) {}

  static final int MAX_PES = 1 << 22;

  final List<ProgramMap> programs = new ArrayList<>();
  final List<Unit> units = new ArrayList<>();
  final List<Clock> clocks = new ArrayList<>();
  final List<Integer> gaps = new ArrayList<>();
  private final TsReader reader = new TsReader(this, MAX_PES);

  static ReadStream of(Bytes stream) {
    return of(List.of(stream.toArray()));
  }

  static ReadStream of(List<byte[]> pieces) {
    ReadStream read = new ReadStream();
    pieces.forEach(piece -> read.reader.read(Bytes.wrap(piece)));
    read.reader.flush();
    return read;
  }

  TsFaults faults() {
    return reader.faults();
  }

  long packets() {
    return reader.packets();
  }

  /** Of one PID. */
  List<Unit> units(int pid) {
    return units.stream().filter(unit -> unit.pid() == pid).toList();
  }

  @Override
  public void program(ProgramMap map) {
    programs.add(map);
  }

  @Override
  public void pes(int pid, PesPacket packet, boolean randomAccess) {
    units.add(new Unit(pid, packet, randomAccess));
  }

  @Override
  public void pcr(long pcr, long packet, boolean discontinuity) {
    clocks.add(new Clock(pcr, packet, discontinuity));
  }

  @Override
  public void gap(int pid) {
    gaps.add(pid);
  }
}
