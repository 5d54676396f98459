package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of a site for one hour, with which its datagrams end: they come from a member, and nobody
 * has changed them. Secret, immutable; any thread.
 */
public final class SiteKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 8;

  private final int id;
  private final SecretKeySpec key;

  /**
   * @param id 16 bits
   * @param secret 32 bytes
   */
  public SiteKey(int id, Bytes secret) {
    if (id < 0 || id > 0xFFFF || secret.length() != 32) {
      throw new IllegalArgumentException("a site's key has an id of 16 bits and 32 bytes");
    }
    this.id = id;
    this.key = new SecretKeySpec(secret.toArray(), ALGORITHM);
  }

  /** What trailers name it by. */
  public int id() {
    return id;
  }

  /** What stands behind these bytes: the id, and the first 64 bits of the HMAC of all of it. */
  Bytes trailer(Bytes frame) {
    Bytes ownId = Bytes.of(id >> 8, id);
    Bytes mac = mac(Bytes.concat(List.of(frame, ownId)));
    return Bytes.concat(List.of(ownId, mac.slice(0, MAC_BYTES)));
  }

  /**
   * Checks the end of a datagram.
   *
   * @throws ProtocolException (malformed) if it is not that of this key
   */
  void check(Bytes datagram) {
    int end = datagram.length() - FrameType.TRAILER_BYTES;
    Bytes expected = trailer(datagram.slice(0, end));
    if (!MessageDigest.isEqual(expected.toArray(), datagram.slice(end).toArray())) {
      throw ProtocolException.malformed("a datagram was not sealed with the site's key");
    }
  }

  private Bytes mac(Bytes text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(text.asByteBuffer());
      return Bytes.wrap(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** The id, and none of the key. */
  @Override
  public String toString() {
    return "SiteKey(" + id + ")";
  }
}
