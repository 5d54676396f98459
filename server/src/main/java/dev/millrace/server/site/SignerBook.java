package dev.millrace.server.site;

import dev.millrace.media.log.SignerKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of signers that are known to be of the main cluster: at an edge because their voucher is
 * right, at a relay because an edge told them. Any thread.
 */
public final class SignerBook {
  /** Far more nodes than sign in the window of a stream; the oldest go first. */
  private static final int MOST = 4096;

  private final Set<SignerKey> keys = new LinkedHashSet<>();

  /** Notes a key. */
  public synchronized void add(SignerKey key) {
    if (keys.add(key) && keys.size() > MOST) {
      keys.remove(keys.iterator().next());
    }
  }

  public synchronized boolean contains(SignerKey key) {
    return keys.contains(key);
  }

  /** All of them, oldest first. */
  public synchronized List<SignerKey> all() {
    return List.copyOf(keys);
  }
}
