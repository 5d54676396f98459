package dev.millrace.cluster.settings;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What nodes say to each other of settings. */
sealed interface SettingsMessage {
  /** A revision. */
  record Told(Revision revision) implements SettingsMessage {}

  /**
   * What the sender knows, so that it is told the rest.
   *
   * @param answer to the same message, and not to be answered by it
   */
  record Known(List<Long> hashes, boolean answer) implements SettingsMessage {}

  static Bytes revision(Revision revision) {
    return Bytes.concat(List.of(Bytes.of(1), RevisionCodec.write(revision)));
  }

  static Bytes known(List<Long> hashes, boolean answer) {
    ByteBuffer out = ByteBuffer.allocate(1 + 8 * hashes.size()).put((byte) (answer ? 3 : 2));
    hashes.forEach(out::putLong);
    return Bytes.wrap(out.array());
  }

  /**
   * @throws ProtocolException if it is none
   */
  static SettingsMessage read(Bytes bytes) {
    int type = bytes.isEmpty() ? 0 : bytes.u8(0);
    return switch (type) {
      case 1 -> new Told(RevisionCodec.read(bytes.slice(1)));
      case 2, 3 -> new Known(hashes(bytes.slice(1)), type == 3);
      default -> throw ProtocolException.unsupported("message of settings of type " + type);
    };
  }

  private static List<Long> hashes(Bytes bytes) {
    if (bytes.length() % 8 != 0 || bytes.length() > 8 * History.KEPT) {
      throw ProtocolException.malformed("hashes of %d bytes".formatted(bytes.length()));
    }
    List<Long> hashes = new ArrayList<>();
    for (int at = 0; at < bytes.length(); at += 8) {
      hashes.add(bytes.s64(at));
    }
    return hashes;
  }
}
