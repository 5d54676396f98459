package dev.millrace.relay.iptv;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Makes the parity packets of a channel (SMPTE 2022-1 §7): media packets fill a matrix row by row;
 * a row's parity follows its last packet, and those of the columns are spread over the next matrix,
 * so that the rate stays even. One thread.
 */
final class FecEncoder {
  private final FecProfile profile;
  private final Consumer<RtpPacket> columns;
  private final Consumer<RtpPacket> rows;
  private final Parity[] column;
  private final Parity row = new Parity();
  private final Deque<FecPacket> waiting = new ArrayDeque<>();
  private int index;
  private int columnSequence;
  private int rowSequence;

  /**
   * @param columns gets the packets for the media's port + 2
   * @param rows gets the packets for the media's port + 4
   */
  FecEncoder(FecProfile profile, Consumer<RtpPacket> columns, Consumer<RtpPacket> rows) {
    this.profile = profile;
    this.columns = columns;
    this.rows = rows;
    this.column = new Parity[profile.columns()];
    for (int i = 0; i < column.length; i++) {
      column[i] = new Parity();
    }
  }

  /** Takes the next media packet; their sequence numbers have no holes. */
  void media(RtpPacket packet) {
    if (column.length == 0) {
      return;
    }
    int inColumn = index % column.length;
    column[inColumn].add(packet);
    if (profile.rowParity()) {
      row.add(packet);
      if (row.count() == column.length) {
        rows.accept(rtp(row.take(true, 1), rowSequence++, packet.timestamp()));
      }
    }
    if (index % profile.rows() == 0 && !waiting.isEmpty()) {
      columns.accept(rtp(waiting.remove(), columnSequence++, packet.timestamp()));
    }
    if (++index == column.length * profile.rows()) {
      index = 0;
      for (Parity each : column) {
        waiting.add(each.take(false, column.length));
      }
    }
  }

  /** SSRC 0, and the timestamp of what was sent last: receivers look at neither. */
  private static RtpPacket rtp(FecPacket packet, int sequence, long timestamp) {
    return new RtpPacket(FecPacket.PAYLOAD_TYPE, sequence & 0xFFFF, timestamp, 0, packet.write());
  }
}
