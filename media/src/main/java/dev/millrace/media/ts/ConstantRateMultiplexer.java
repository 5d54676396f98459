package dev.millrace.media.ts;

import dev.millrace.media.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Places packets at a constant rate: each call of {@link #next} is one packet's time. What waits is
 * sent earliest DTS first, video at most {@code lead} ahead of its DTS and audio at most 100 ms
 * (its buffer in the decoder model, ISO/IEC 13818-1 §2.4.2, is small); what is left of the rate is
 * null packets. The PCR is that of its own byte's position, at most 40 ms from the one before. PAT
 * and PMT come at least every 100 ms and in front of each video frame from which decoding can
 * start.
 *
 * <p>Call sequence: {@link #restart} once, and again to begin another time base; between them
 * {@link #add} and {@link #next} in any order. One thread.
 */
public final class ConstantRateMultiplexer {
  /** Below it PCR and tables alone would come too seldom; bits a second. */
  public static final long LEAST_RATE_BPS = 200_000;

  private static final long BITS = TsPacket.SIZE * 8;

  /** §2.4.3.5: a PCR is that of the byte with the last bit of its base. */
  private static final long PCR_BYTE = 10;

  /** Asked for when it is so old: a few packets later it is out, within the 40 ms of DVB. */
  private static final long PCR_PERIOD = TsClock.PCR_HZ * 25 / 1000;

  private static final long AUDIO_LEAD = TsClock.PCR_HZ / 10;

  private final Deque<TsPacket> pending = new ArrayDeque<>();
  private final List<PidQueue> queues = new ArrayList<>();
  private final ProgramTables tables;
  private final long lead;
  private TsProgram program;
  private long rateBps;

  /** Ticks of 27 MHz at which the next packet's first byte is due, and the fraction of one. */
  private long clock;

  private long remainder;
  private long lastPcr = Long.MIN_VALUE;
  private long lastTables = Long.MIN_VALUE;

  /** DTS of the random access point in front of which the tables were sent last. */
  private long announcedUs = Long.MIN_VALUE;

  private boolean begun;
  private boolean discontinuity;
  private long latePackets;
  private long nullPackets;

  /**
   * @param rateBps of the whole stream, bits a second, with null packets
   * @param leadUs how long before its DTS video may be sent
   * @throws IllegalArgumentException if the rate is below {@link #LEAST_RATE_BPS}
   */
  public ConstantRateMultiplexer(TsProgram program, long rateBps, long leadUs) {
    this.program = program;
    this.tables = new ProgramTables(program);
    this.lead = TsClock.pcrTicks(leadUs);
    program.pids().forEach(pid -> queues.add(new PidQueue(pid)));
    rate(rateBps);
  }

  /** From the next packet on. */
  public void rate(long bps) {
    if (bps < LEAST_RATE_BPS) {
      throw new IllegalArgumentException(bps + " bit/s, at least " + LEAST_RATE_BPS);
    }
    remainder = rateBps == 0 ? 0 : remainder * bps / rateBps;
    rateBps = bps;
  }

  /** Bits a second now. */
  public long rateBps() {
    return rateBps;
  }

  /** From now on frames are of this program; what waits is sent as it is. */
  public void program(TsProgram changed) {
    program = changed;
    tables.program(changed);
    for (int pid : changed.pids()) {
      if (queues.stream().noneMatch(queue -> queue.pid() == pid)) {
        queues.add(new PidQueue(pid));
      }
    }
    lastTables = Long.MIN_VALUE;
  }

  /**
   * Begins a time base: what waits is dropped, and a frame of this DTS could be sent at once. But
   * for the first time, the discontinuity is told.
   */
  public void restart(long dtsUs) {
    queues.forEach(PidQueue::clear);
    pending.clear();
    announcedUs = Long.MIN_VALUE;
    clock = TsClock.pcrTicks(dtsUs) - lead;
    remainder = 0;
    lastPcr = Long.MIN_VALUE;
    lastTables = Long.MIN_VALUE;
    discontinuity = begun;
    begun = true;
  }

  /**
   * Lets an access unit wait for its time. Those of one PID come in the order of their DTS; how
   * many wait is the caller's affair.
   *
   * @throws ProtocolException if the PID is of no track
   */
  public void add(AccessUnit unit) {
    queueOf(unit.pid()).add(unit);
  }

  /** Time of the next packet on the stream's timeline, microseconds. */
  public long clockUs() {
    return Math.floorDiv(clock, 27);
  }

  /** Access units that wait, or are being sent. */
  public int waiting() {
    return queues.stream().mapToInt(PidQueue::size).sum();
  }

  /** Packets of access units that were sent when their DTS was over. */
  public long latePackets() {
    return latePackets;
  }

  public long nullPackets() {
    return nullPackets;
  }

  /**
   * Drops video that is later than so many microseconds, up to the next frame from which decoding
   * can start; a frame of which something has been sent is sent to its end.
   *
   * @return how many access units were dropped
   */
  public int dropLate(long us) {
    PidQueue video = queueOf(program.pcrPid());
    AccessUnit head = video.head();
    if (head == null || !video.atUnitStart() || head.dtsUs() + us >= clockUs()) {
      return 0;
    }
    int dropped = 0;
    do {
      video.dropHead();
      dropped++;
      head = video.head();
    } while (head != null && !(head.randomAccess() && head.dtsUs() + us >= clockUs()));
    return dropped;
  }

  /** Writes the next packet, 188 bytes. */
  public void next(byte[] out, int at) {
    TsPacket packet = choose();
    if (packet == null) {
      TsPacket.writeNull(out, at);
      nullPackets++;
    } else {
      packet.write(out, at);
    }
    remainder += BITS * TsClock.PCR_HZ;
    clock += remainder / rateBps;
    remainder %= rateBps;
  }

  private @Nullable TsPacket choose() {
    PidQueue chosen = earliest();
    boolean pcrDue = isDue(lastPcr, PCR_PERIOD);
    boolean inPcrPid = chosen != null && chosen.pid() == program.pcrPid();
    AccessUnit head = chosen == null ? null : chosen.head();
    boolean atRandomAccess =
        head != null && head.randomAccess() && chosen != null && chosen.atUnitStart();
    boolean unannounced = head != null && atRandomAccess && announcedUs != head.dtsUs();
    // A time base begins with the tables, without which nobody knows its PCR.
    boolean tablesFirst = lastTables == Long.MIN_VALUE || lastPcr == Long.MIN_VALUE;
    if (pcrDue && !tablesFirst && (!inPcrPid || !pending.isEmpty() || unannounced)) {
      return queueOf(program.pcrPid()).clockOnly(takePcr(), takeDiscontinuity());
    }
    if (pending.isEmpty() && (isDue(lastTables, ProgramTables.PERIOD) || unannounced)) {
      pending.addAll(tables.packets());
      announcedUs = head != null && unannounced ? head.dtsUs() : announcedUs;
      lastTables = clock;
    }
    if (!pending.isEmpty()) {
      return pending.remove();
    }
    if (pcrDue && !inPcrPid) {
      return queueOf(program.pcrPid()).clockOnly(takePcr(), takeDiscontinuity());
    }
    if (chosen == null || head == null) {
      return null;
    }
    if (clock > TsClock.pcrTicks(head.dtsUs())) {
      latePackets++;
    }
    boolean tell = inPcrPid && (pcrDue || atRandomAccess);
    return tell
        ? chosen.next(OptionalLong.of(takePcr()), takeDiscontinuity())
        : chosen.next(OptionalLong.empty(), false);
  }

  /** Whose next access unit may be sent and has the earliest DTS; null if none may. */
  private @Nullable PidQueue earliest() {
    PidQueue earliest = null;
    long earliestDts = Long.MAX_VALUE;
    for (PidQueue queue : queues) {
      AccessUnit head = queue.head();
      if (head == null) {
        continue;
      }
      long dts = TsClock.pcrTicks(head.dtsUs());
      long ahead = queue.pid() == program.pcrPid() ? lead : Math.min(lead, AUDIO_LEAD);
      if (dts - ahead <= clock && dts < earliestDts) {
        earliest = queue;
        earliestDts = dts;
      }
    }
    return earliest;
  }

  private boolean isDue(long last, long period) {
    return last == Long.MIN_VALUE || clock - last >= period;
  }

  private long takePcr() {
    lastPcr = clock;
    return TsClock.pcr(clock + (remainder + PCR_BYTE * 8 * TsClock.PCR_HZ) / rateBps);
  }

  private boolean takeDiscontinuity() {
    boolean taken = discontinuity;
    discontinuity = false;
    return taken;
  }

  private PidQueue queueOf(int pid) {
    for (PidQueue queue : queues) {
      if (queue.pid() == pid) {
        return queue;
      }
    }
    throw ProtocolException.malformed("PID " + pid + " is of no track of the program");
  }
}
