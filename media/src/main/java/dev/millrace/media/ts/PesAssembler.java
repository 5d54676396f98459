package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Puts the PES packets of one PID together. */
final class PesAssembler {
  /** How a packet follows the one before (ISO/IEC 13818-1 §2.4.3.3). */
  enum Continuity {
    NEXT,
    REPEATED,
    MISSING
  }

  private final List<Bytes> pieces = new ArrayList<>();
  private int length;
  private int toldLength;
  private boolean begun;
  private boolean randomAccess;
  private int lastCounter = -1;

  /**
   * Takes note of a packet's continuity_counter.
   *
   * @param jump its discontinuity_indicator, which excuses any step
   */
  Continuity counted(TsPacket packet, boolean jump) {
    int counter = packet.continuityCounter();
    if (!packet.hasPayload()) {
      return Continuity.NEXT;
    }
    int before = lastCounter;
    lastCounter = counter;
    if (before < 0 || jump || counter == (before + 1 & 0xF)) {
      return Continuity.NEXT;
    }
    return counter == before ? Continuity.REPEATED : Continuity.MISSING;
  }

  boolean hasBegun() {
    return begun;
  }

  boolean randomAccess() {
    return randomAccess;
  }

  void begin(boolean isRandomAccess) {
    drop();
    begun = true;
    randomAccess = isRandomAccess;
  }

  /** What has come is not given out; what comes is passed over until the next begins. */
  void drop() {
    pieces.clear();
    length = 0;
    toldLength = 0;
    begun = false;
  }

  /**
   * Takes a piece, unless none has begun.
   *
   * @return false if the packet has become too long and was dropped
   */
  boolean add(Bytes payload, int maxBytes) {
    if (!begun || payload.isEmpty()) {
      return true;
    }
    if (payload.length() > maxBytes - length) {
      drop();
      return false;
    }
    if (pieces.isEmpty()) {
      toldLength = PesPacket.toldLength(payload);
    }
    pieces.add(payload);
    length += payload.length();
    return true;
  }

  /** Whether as much has come as was told. */
  boolean isComplete() {
    return begun && toldLength > 0 && length >= toldLength;
  }

  /** The packet; another one begins. */
  Bytes take() {
    Bytes whole = Bytes.concat(pieces);
    drop();
    return whole;
  }
}
