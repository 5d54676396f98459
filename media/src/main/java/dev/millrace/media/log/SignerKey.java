package dev.millrace.media.log;

import dev.millrace.media.Bytes;

/**
 * Who signs blocks of logs. Immutable.
 *
 * @param publicKey Ed25519, the 32 bytes of RFC 8032
 * @param voucher proves to nodes of the cluster that one of them has this key; 32 bytes
 */
public record SignerKey(Bytes publicKey, Bytes voucher) {
  private static final int ID_BYTES = 8;

  /** By what blocks name it: the first 8 bytes of its SHA-256. */
  public Bytes id() {
    return idOf(publicKey);
  }

  /** By what blocks name a public key. */
  public static Bytes idOf(Bytes publicKey) {
    return publicKey.sha256().slice(0, ID_BYTES);
  }
}
