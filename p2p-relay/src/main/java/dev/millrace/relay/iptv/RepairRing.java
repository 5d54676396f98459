package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The last RTP packets of a channel, for receivers who missed some. One thread puts, any reads. */
final class RepairRing {
  private static final int LENGTH = 2;

  private final AtomicReferenceArray<Bytes> packets;

  /**
   * @param count how many are kept; up to the next power of two, at most 32768
   */
  RepairRing(int count) {
    int size = Math.clamp(Integer.highestOneBit(Math.max(1, count - 1)) << 1, 64, 1 << 15);
    packets = new AtomicReferenceArray<>(size);
  }

  int capacity() {
    return packets.length();
  }

  /** Keeps a datagram, in the place of the oldest. */
  void put(int sequenceNumber, Bytes datagram) {
    packets.setRelease(sequenceNumber & packets.length() - 1, datagram);
  }

  /**
   * Those of these packets that are still here: each behind its length, 16 bits.
   *
   * @param from the first sequence number, 0..65535
   */
  Bytes write(long ssrc, int from, int count) {
    List<Bytes> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = from + i & 0xFFFF;
      Bytes datagram = packets.getAcquire(number & packets.length() - 1);
      if (datagram != null && datagram.u16(2) == number && datagram.u32(8) == ssrc) {
        out.add(Bytes.of(datagram.length() >> 8, datagram.length()));
        out.add(datagram);
      }
    }
    return Bytes.concat(out);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws ProtocolException if the lengths do not add up
   */
  static List<Bytes> read(Bytes answer) {
    List<Bytes> packets = new ArrayList<>();
    int at = 0;
    while (at < answer.length()) {
      int left = answer.length() - at - LENGTH;
      if (left < 0 || answer.u16(at) > left) {
        throw ProtocolException.malformed("packets cut off at byte " + at);
      }
      int length = answer.u16(at);
      packets.add(answer.slice(at + LENGTH, length));
      at += LENGTH + length;
    }
    return packets;
  }
}
