package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Writes a transport stream as fast as frames come, without null packets: for files and for
 * segments (RFC 8216 §3.2). The PCR runs ahead of the DTS by a fixed time and is told at least
 * every 40 ms of media; PAT and PMT at least every 100 ms and in front of each video frame from
 * which decoding can start. One thread.
 */
public final class TsWriter {
  private static final long PCR_PERIOD = TsClock.PCR_HZ * 4 / 100;

  private final TsProgram program;
  private final ProgramTables tables;
  private final List<PidQueue> queues = new ArrayList<>();
  private final long lead;
  private long lastPcr = Long.MIN_VALUE;
  private long lastTables = Long.MIN_VALUE;
  private boolean discontinuity;

  /**
   * @param leadUs how far the PCR is behind the DTS of the frame it stands in, microseconds
   */
  public TsWriter(TsProgram program, long leadUs) {
    this.program = program;
    this.tables = new ProgramTables(program);
    this.lead = TsClock.pcrTicks(leadUs);
    program.pids().forEach(pid -> queues.add(new PidQueue(pid)));
  }

  /** The timeline jumps: the next PCR begins another time base. */
  public void discontinuity() {
    discontinuity = true;
    lastPcr = Long.MIN_VALUE;
    lastTables = Long.MIN_VALUE;
  }

  /**
   * The packets of a frame, whole ones. Frames of both types in the order of their DTS.
   *
   * @throws ProtocolException if the frame is malformed
   */
  public Bytes write(Frame frame) {
    AccessUnit unit = program.unit(frame);
    List<TsPacket> packets = new ArrayList<>();
    long clock = TsClock.pcrTicks(unit.dtsUs()) - lead;
    if (unit.randomAccess() || isDue(clock, lastTables, ProgramTables.PERIOD)) {
      packets.addAll(tables.packets());
      lastTables = clock;
    }
    PidQueue queue = queueOf(unit.pid());
    queue.add(unit);
    boolean ownPcr = unit.pid() == program.pcrPid();
    if (!ownPcr && isDue(clock, lastPcr, PCR_PERIOD)) {
      packets.add(queueOf(program.pcrPid()).clockOnly(takePcr(clock), takeDiscontinuity()));
    }
    OptionalLong pcr = ownPcr ? OptionalLong.of(takePcr(clock)) : OptionalLong.empty();
    packets.add(queue.next(pcr, ownPcr && takeDiscontinuity()));
    while (!queue.isEmpty()) {
      packets.add(queue.next(OptionalLong.empty(), false));
    }
    byte[] out = new byte[packets.size() * TsPacket.SIZE];
    for (int i = 0; i < packets.size(); i++) {
      packets.get(i).write(out, i * TsPacket.SIZE);
    }
    return Bytes.wrap(out);
  }

  private static boolean isDue(long clock, long last, long period) {
    return last == Long.MIN_VALUE || clock - last >= period;
  }

  private long takePcr(long clock) {
    lastPcr = clock;
    return TsClock.pcr(clock);
  }

  private boolean takeDiscontinuity() {
    boolean taken = discontinuity;
    discontinuity = false;
    return taken;
  }

  private PidQueue queueOf(int pid) {
    return queues.stream().filter(queue -> queue.pid() == pid).findFirst().orElseThrow();
  }
}
