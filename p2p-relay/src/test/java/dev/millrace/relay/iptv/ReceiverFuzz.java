package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ts.TsReader;
import dev.millrace.media.ts.TsTags;

/**
 * For a fuzzer: whatever a group brings, as datagrams of media and parity behind a byte each that
 * tells kind and length, is received, read as a transport stream and made into tags, or counted.
 */
public final class ReceiverFuzz {
  private static final int MAX_PES_BYTES = 1 << 16;

  private ReceiverFuzz() {}

  public static void fuzzerTestOneInput(byte[] datagrams) {
    TsReader reader = new TsReader(new TsTags(new Ignored()), MAX_PES_BYTES);
    RtpReceiver receiver = new RtpReceiver(reader::read, () -> {});
    Bytes all = Bytes.wrap(datagrams);
    int at = 0;
    while (at < all.length()) {
      int head = all.u8(at);
      int length = Math.min((head & 0x7F) * 12, all.length() - at - 1);
      Bytes datagram = all.slice(at + 1, length);
      if ((head & 0x80) == 0) {
        receiver.media(datagram);
      } else {
        receiver.parity(datagram);
      }
      at += 1 + length;
    }
    receiver.flush();
    reader.read(all);
    reader.flush();
    try {
      RepairRing.read(all);
    } catch (ProtocolException refused) {
      // It says what is wrong.
    }
  }

  private static final class Ignored implements TsTags.Output {
    @Override
    public void tag(int type, int timestampMs, Bytes body) {}

    @Override
    public void unsupported(String what) {}
  }
}
