package dev.millrace.cluster.secret;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Certificates and keys as text (RFC 7468). */
final class Pem {
  private Pem() {}

  static String certificate(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /** As PKCS #8. */
  static String key(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  /**
   * Reads one or more certificates.
   *
   * @throws IllegalArgumentException naming {@code what}
   */
  static List<X509Certificate> certificates(String pem, String what) {
    List<X509Certificate> found = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof X509CertificateHolder holder) {
          found.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (IOException | CertificateException e) {
      throw new IllegalArgumentException(
          "%s cannot be read: %s".formatted(what, e.getMessage()), e);
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          what + " has no certificate: a block BEGIN CERTIFICATE is expected");
    }
    return found;
  }

  /**
   * Reads an unencrypted private key, EC or RSA, as PKCS #8 or in its older form.
   *
   * @throws IllegalArgumentException naming {@code what}, never the key
   */
  static PrivateKey key(String pem, String what) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        PrivateKeyInfo info =
            switch (next) {
              case PrivateKeyInfo pkcs8 -> pkcs8;
              case PEMKeyPair sec1 -> sec1.getPrivateKeyInfo();
              default -> null;
            };
        if (info != null) {
          String algorithm =
              info.getPrivateKeyAlgorithm()
                      .getAlgorithm()
                      .equals(X9ObjectIdentifiers.id_ecPublicKey)
                  ? "EC"
                  : "RSA";
          return KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        }
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(what + " cannot be read as an EC or RSA key", e);
    }
    throw new IllegalArgumentException(
        what + " has no private key: an unencrypted block BEGIN PRIVATE KEY is expected");
  }

  private static String block(String label, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), label);
  }
}
