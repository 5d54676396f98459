package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;

/** Who is given a received channel; on the receiving thread, which it must not block. */
public interface TsViewer {
  /** So much of the transport stream has come, whole packets. */
  void packets(Bytes packets);

  /** Time goes on, whether anything comes or not; about 50 times a second. */
  default void tick() {}
}
