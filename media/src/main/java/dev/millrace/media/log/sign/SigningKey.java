package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.SignerKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;

/** The key pair with which a node signs logs. Secret, immutable; any thread. */
public final class SigningKey {
  private final PrivateKey privateKey;
  private final Bytes publicKey;

  private SigningKey(PrivateKey privateKey, Bytes publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new pair. */
  public static SigningKey generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(Ed25519.NAME).generateKeyPair();
      return new SigningKey(pair.getPrivate(), Ed25519.bytes(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }

  /**
   * A pair that was kept.
   *
   * @param pkcs8 what {@link #pkcs8} gave
   * @param publicKey 32 bytes
   * @throws IllegalArgumentException if these are no keys, or not of one pair
   */
  public static SigningKey of(Bytes pkcs8, Bytes publicKey) {
    try {
      PrivateKey secret =
          KeyFactory.getInstance(Ed25519.NAME)
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toArray()));
      SigningKey key = new SigningKey(secret, publicKey);
      Bytes probe = Bytes.utf8("one pair");
      boolean pair =
          publicKey.length() == Ed25519.PUBLIC_KEY_BYTES
              && Ed25519.verify(Ed25519.publicKey(publicKey), probe, key.sign(probe));
      if (!pair) {
        throw new IllegalArgumentException("the public key is that of another private one");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no Ed25519 key: " + e.getMessage(), e);
    }
  }

  /** The public key, 32 bytes. */
  public Bytes publicKey() {
    return publicKey;
  }

  /** By what blocks name it. */
  public Bytes id() {
    return SignerKey.idOf(publicKey);
  }

  /** The private key in PKCS #8, to be kept where nobody else can read it. */
  public Bytes pkcs8() {
    return Bytes.wrap(privateKey.getEncoded());
  }

  /** Signs a text: 64 bytes. */
  public Bytes sign(Bytes text) {
    try {
      Signature signer = Signature.getInstance(Ed25519.NAME);
      signer.initSign(privateKey);
      signer.update(text.asByteBuffer());
      return Bytes.wrap(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key signed before", e);
    }
  }

  /** The id, and none of the private key. */
  @Override
  public String toString() {
    return "SigningKey(" + id().hex() + ")";
  }
}
