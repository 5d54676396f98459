package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Puts a channel's media packets in order: of one path or of two with the same packets (SMPTE
 * 2022-7: the first copy counts), repaired by rows and columns of parity (SMPTE 2022-1), within a
 * window. A hole is waited for until its matrix and the next one are over, which is when the last
 * parity has come, and so many packets beyond that as whoever can have it sent once more asks for;
 * at least 32. What arrives is counted and never thrown for. Memory is bounded by the window, at
 * most 4096 packets. One thread.
 */
public final class RtpReceiver {
  private static final int REORDER = 32;
  private static final int MAX_WINDOW = 4096;

  /** The largest matrix that SMPTE 2022-1 allows: rows are heard of before columns. */
  private static final int MATRIX = 100;

  /** Further away is another sequence. */
  private static final int MAX_STEP = 3000;

  private final Consumer<Bytes> payloads;
  private final Runnable gap;
  private final int patience;
  private final Map<Long, RtpPacket> held = new HashMap<>();
  private final Deque<FecPacket> parity = new ArrayDeque<>();
  private boolean begun;
  private long ssrc;

  /** Sequence numbers, unwrapped: to be delivered next, and the highest seen. */
  private long next;

  private long highest;

  /** Packets after which no parity comes any more for one. */
  private int parityWindow;

  /** Whether the run of missing packets that is being given up has been told. */
  private boolean gapTold;

  private long received;
  private long duplicates;
  private long recovered;
  private long lost;
  private long late;
  private long malformed;
  private long restarts;

  /**
   * @param payloads gets the payloads in the order of the sequence
   * @param gap told in between where packets are missing for good, once for each run of them
   */
  public RtpReceiver(Consumer<Bytes> payloads, Runnable gap) {
    this(payloads, gap, REORDER);
  }

  /**
   * @param patience how many further packets are waited for when parity can help no more; 32 to
   *     2048
   */
  RtpReceiver(Consumer<Bytes> payloads, Runnable gap, int patience) {
    this.payloads = payloads;
    this.gap = gap;
    this.patience = patience;
  }

  private int window() {
    return Math.min(parityWindow + patience, MAX_WINDOW);
  }

  /** The sender's; of no meaning before the first packet. */
  long ssrc() {
    return ssrc;
  }

  /**
   * The packets that are missing and that parity will not bring back: sequence numbers that go on
   * beyond 16 bits, in order.
   *
   * @param most how many are told
   */
  List<Long> holes(int most) {
    List<Long> holes = new ArrayList<>();
    for (long sequence = next;
        sequence < highest - parityWindow && holes.size() < most;
        sequence++) {
      if (!held.containsKey(sequence)) {
        holes.add(sequence);
      }
    }
    return holes;
  }

  /** Delivers up to this one, without what is missing. */
  void giveUp(long sequence) {
    deliver(sequence);
  }

  public ReceiverCounters counters() {
    return new ReceiverCounters(received, duplicates, recovered, lost, late, malformed, restarts);
  }

  /** Takes a datagram of the media's port, of any path. */
  public void media(Bytes datagram) {
    RtpPacket packet;
    try {
      packet = RtpPacket.read(datagram);
    } catch (ProtocolException e) {
      malformed++;
      return;
    }
    long sequence = place(packet);
    if (sequence < next) {
      late++;
    } else if (held.containsKey(sequence)) {
      duplicates++;
    } else {
      received++;
      hold(sequence, packet);
      repair();
      deliver();
    }
  }

  /** Takes a datagram of the port of columns or of rows. */
  public void parity(Bytes datagram) {
    FecPacket packet;
    try {
      packet = FecPacket.read(RtpPacket.read(datagram).payload());
    } catch (ProtocolException e) {
      malformed++;
      return;
    }
    if (!begun) {
      return;
    }
    int matrix = Math.max(MATRIX, packet.offset() * packet.count());
    parityWindow = Math.clamp(2L * matrix, parityWindow, MAX_WINDOW - REORDER);
    parity.add(packet);
    repair();
    deliver();
  }

  /** The unwrapped sequence number; begins anew where the sender has. */
  private long place(RtpPacket packet) {
    int number = packet.sequenceNumber();
    if (begun && packet.ssrc() == ssrc) {
      long sequence = unwrap(number);
      if (Math.abs(sequence - highest) <= MAX_STEP) {
        return sequence;
      }
    }
    if (begun) {
      restarts++;
      flush();
      gap.run();
    }
    begun = true;
    ssrc = packet.ssrc();
    next = 0x1_0000L + number; // above 0, for what came earlier and arrives later
    highest = next;
    parity.clear();
    return next;
  }

  private long unwrap(int number) {
    return highest + (short) (number - (int) highest);
  }

  private void hold(long sequence, RtpPacket packet) {
    held.put(sequence, packet);
    highest = Math.max(highest, sequence);
  }

  /** Repairs as long as any parity packet has exactly one of its packets missing. */
  private void repair() {
    boolean again = true;
    while (again) {
      again = false;
      for (Iterator<FecPacket> each = parity.iterator(); each.hasNext(); ) {
        FecPacket packet = each.next();
        long base = unwrap(packet.base());
        List<Long> missing = missing(packet, base);
        if (missing.size() == 1 && missing.getFirst() >= next) {
          recover(packet, base, missing.getFirst());
          again = true;
        }
        boolean over = base + (long) packet.offset() * packet.count() <= next;
        if (missing.size() <= 1 || over || base < next - MAX_WINDOW) {
          each.remove();
        }
      }
    }
  }

  private List<Long> missing(FecPacket packet, long base) {
    List<Long> missing = new ArrayList<>();
    for (int i = 0; i < packet.count() && missing.size() < 2; i++) {
      long sequence = base + (long) i * packet.offset();
      if (!held.containsKey(sequence)) {
        missing.add(sequence);
      }
    }
    return missing;
  }

  private void recover(FecPacket packet, long base, long sequence) {
    Parity all = Parity.of(packet);
    for (int i = 0; i < packet.count(); i++) {
      RtpPacket other = held.get(base + (long) i * packet.offset());
      if (other != null) {
        all.add(other);
      }
    }
    recovered++;
    hold(sequence, all.missing((int) sequence & 0xFFFF, ssrc));
  }

  private void deliver() {
    deliver(highest - window());
  }

  /** Delivers what is there up to the next hole; those up to a sequence number are given up. */
  private void deliver(long givenUp) {
    while (next <= highest) {
      RtpPacket packet = held.get(next);
      if (packet != null) {
        payloads.accept(packet.payload());
        gapTold = false;
      } else if (next > givenUp) {
        break;
      } else {
        lost++;
        if (!gapTold) {
          gap.run();
          gapTold = true;
        }
      }
      next++;
      // What was delivered is still needed to repair what was not.
      held.remove(next - window());
    }
  }

  /** Drops what waits; the next packet begins anew. */
  void forget() {
    begun = false;
    held.clear();
    parity.clear();
    next = 0;
    highest = -1;
  }

  /** Delivers all that is there, as if nothing more came. */
  public void flush() {
    while (next <= highest) {
      RtpPacket packet = held.get(next);
      if (packet != null) {
        payloads.accept(packet.payload());
      } else {
        lost++;
      }
      next++;
    }
    held.clear();
  }
}
