package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/** The JDK's Ed25519 (RFC 8032) with public keys as their 32 bytes. Stateless. */
final class Ed25519 {
  static final String NAME = "Ed25519";
  static final int PUBLIC_KEY_BYTES = 32;

  /** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4). */
  private static final Bytes INFO = Bytes.fromHex("302a300506032b6570032100");

  private Ed25519() {}

  static Bytes bytes(PublicKey key) {
    return Bytes.wrap(key.getEncoded()).slice(INFO.length());
  }

  /**
   * Reads a public key.
   *
   * @throws ProtocolException (malformed) if it is no point of the curve
   */
  static PublicKey publicKey(Bytes bytes) {
    try {
      byte[] encoded = Bytes.concat(List.of(INFO, bytes)).toArray();
      return KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw ProtocolException.malformed("no Ed25519 key: " + e.getMessage());
    }
  }

  /** Whether the signature is the key's over this text. */
  static boolean verify(PublicKey key, Bytes text, Bytes signature) {
    try {
      Signature verifier = Signature.getInstance(NAME);
      verifier.initVerify(key);
      verifier.update(text.asByteBuffer());
      return verifier.verify(signature.toArray());
    } catch (SignatureException e) {
      return false; // its numbers are out of range
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }
}
