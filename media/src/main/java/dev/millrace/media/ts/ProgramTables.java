package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import java.util.List;

/** PAT and PMT as they are repeated; each fits one packet. */
final class ProgramTables {
  /** They are repeated at most this far apart, in ticks of 27 MHz: 100 ms, with room for delay. */
  static final long PERIOD = TsClock.PCR_HZ * 8 / 100;

  private final PidQueue association = new PidQueue(ProgramAssociation.PID);
  private final PidQueue map = new PidQueue(TsProgram.PROGRAM_MAP_PID);
  private int version;
  private Bytes mapSection;
  private final Bytes associationSection;
  private ProgramMap told;

  ProgramTables(TsProgram program) {
    associationSection = program.association().write();
    told = program.map(version);
    mapSection = told.section().write();
  }

  /** From now on this program is told, in a new version if that is another one. */
  void program(TsProgram program) {
    if (!program.map(version).equals(told)) {
      version = version + 1 & 0x1F;
      told = program.map(version);
      mapSection = told.section().write();
    }
  }

  /** PAT and PMT, to be sent one behind the other. */
  List<TsPacket> packets() {
    return List.of(association.section(associationSection), map.section(mapSection));
  }
}
