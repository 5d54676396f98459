package dev.millrace.server.identity;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.Grant;
import dev.millrace.server.config.PublishKey;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Says which path a publisher's stream key stands for. A key counts in the application of its path
 * only. Where publishing is open, any other key that can be a name is taken for it.
 *
 * <p>Keys are compared by their SHA-256, each with every one, so that the time taken tells nothing.
 * Immutable; any thread.
 */
public final class StreamKeys {
  private static final String OPEN_CREDENTIAL = "open";

  private final List<Entry> entries;
  private final boolean open;

  private record Entry(StreamPath path, Bytes keyHash) {}

  /** Knows these keys; where {@code open}, any other key is a name. */
  public StreamKeys(List<PublishKey> keys, boolean open) {
    this.entries = keys.stream().map(key -> new Entry(key.path(), hash(key.key()))).toList();
    this.open = open;
  }

  /** Empty if nothing may be published with this key. */
  public Optional<Grant> authorize(String app, String streamKey) {
    Bytes hash = hash(streamKey);
    Optional<Grant> grant = Optional.empty();
    for (Entry entry : entries) {
      boolean equal = MessageDigest.isEqual(entry.keyHash().toArray(), hash.toArray());
      if (equal && entry.path().app().equals(app)) {
        grant = Optional.of(new Grant(entry.path(), credential(hash)));
      }
    }
    boolean asName =
        open
            && grant.isEmpty()
            && StreamPath.isValidSegment(app)
            && StreamPath.isValidSegment(streamKey);
    return asName ? Optional.of(new Grant(new StreamPath(app, streamKey), OPEN_CREDENTIAL)) : grant;
  }

  private static Bytes hash(String key) {
    return Bytes.utf8(key).sha256();
  }

  /** Eight digits of the hash's hash: enough to tell keys apart, too little to test guesses on. */
  private static String credential(Bytes hash) {
    return hash.sha256().hex().substring(0, 8);
  }
}
