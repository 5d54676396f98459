package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The packets of one PID: its access units that wait, and its continuity counter. */
final class PidQueue {
  private final int pid;
  private final Deque<AccessUnit> units = new ArrayDeque<>();
  private int offset;
  private int continuityCounter;

  PidQueue(int pid) {
    this.pid = pid;
  }

  int pid() {
    return pid;
  }

  void add(AccessUnit unit) {
    units.add(unit);
  }

  /** Forgets what waits; the counter goes on. */
  void clear() {
    units.clear();
    offset = 0;
  }

  boolean isEmpty() {
    return units.isEmpty();
  }

  int size() {
    return units.size();
  }

  /** What is next; null if nothing waits. */
  @Nullable AccessUnit head() {
    return units.peek();
  }

  /** Whether the next packet is the first of its access unit. */
  boolean atUnitStart() {
    return offset == 0;
  }

  /** Drops the next access unit, of which nothing may have been sent. */
  void dropHead() {
    units.remove();
  }

  /**
   * The next packet; there must be one.
   *
   * @param pcr to be told in it
   */
  TsPacket next(OptionalLong pcr, boolean discontinuity) {
    AccessUnit unit = units.element();
    boolean start = offset == 0;
    boolean randomAccess = start && unit.randomAccess();
    Optional<AdaptationField> field =
        randomAccess || discontinuity || pcr.isPresent()
            ? Optional.of(new AdaptationField(discontinuity, randomAccess, pcr))
            : Optional.empty();
    int length = Math.min(TsPacket.room(field), unit.pes().length() - offset);
    TsPacket packet =
        new TsPacket(pid, start, nextCounter(), field, unit.pes().slice(offset, length));
    offset += length;
    if (offset == unit.pes().length()) {
      units.remove();
      offset = 0;
    }
    return packet;
  }

  /** A packet of a PCR only; it does not count (ISO/IEC 13818-1 §2.4.3.3). */
  TsPacket clockOnly(long pcr, boolean discontinuity) {
    return new TsPacket(
        pid,
        false,
        continuityCounter - 1 & 0xF,
        Optional.of(new AdaptationField(discontinuity, false, OptionalLong.of(pcr))),
        Bytes.EMPTY);
  }

  /** A packet with a whole section (§2.4.4): pointer_field 0, stuffed behind it. */
  TsPacket section(Bytes section) {
    byte[] payload = new byte[TsPacket.room(Optional.empty())];
    Arrays.fill(payload, (byte) 0xFF);
    payload[0] = 0;
    section.copyTo(0, payload, 1, section.length());
    return new TsPacket(pid, true, nextCounter(), Optional.empty(), Bytes.wrap(payload));
  }

  private int nextCounter() {
    int counted = continuityCounter;
    continuityCounter = continuityCounter + 1 & 0xF;
    return counted;
  }
}
