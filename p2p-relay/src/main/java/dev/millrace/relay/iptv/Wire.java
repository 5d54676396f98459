package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.io.IOException;

/** Where a channel's datagrams go; the pacer's thread. */
@FunctionalInterface
interface Wire {
  /**
   * Sends a datagram at once, and drops it where the system's buffer is full.
   *
   * @param portOffset 0 for media, 2 for columns, 4 for rows
   * @throws IOException if it cannot be sent
   */
  void send(int portOffset, Bytes datagram) throws IOException;
}
