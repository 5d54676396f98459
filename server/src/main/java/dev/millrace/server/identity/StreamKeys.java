package dev.millrace.server.identity;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
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

  /**
   * What a key was found to be.
   *
   * @param credential tells keys apart in logs and when a publisher is replaced; not the key
   */
  public record Permission(StreamPath path, String credential) {}

  public StreamKeys(List<PublishKey> keys, boolean open) {
    this.entries = keys.stream().map(key -> new Entry(key.path(), hash(key.key()))).toList();
    this.open = open;
  }

  /** Empty if nothing may be published with this key. */
  public Optional<Permission> permission(String app, String streamKey) {
    Bytes hash = hash(streamKey);
    Optional<Permission> permission = Optional.empty();
    for (Entry entry : entries) {
      boolean equal = MessageDigest.isEqual(entry.keyHash().toArray(), hash.toArray());
      if (equal && entry.path().app().equals(app)) {
        permission = Optional.of(new Permission(entry.path(), credential(hash)));
      }
    }
    boolean asName =
        open
            && permission.isEmpty()
            && StreamPath.isValidSegment(app)
            && StreamPath.isValidSegment(streamKey);
    return asName
        ? Optional.of(new Permission(new StreamPath(app, streamKey), OPEN_CREDENTIAL))
        : permission;
  }

  private static Bytes hash(String key) {
    return Bytes.utf8(key).sha256();
  }

  /** Eight digits of the hash's hash: enough to tell keys apart, too little to test guesses on. */
  private static String credential(Bytes hash) {
    return hash.sha256().hex().substring(0, 8);
  }
}
