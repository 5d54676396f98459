package dev.millrace.cluster.secret;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * Issues the certificates of a cluster's nodes. Every node derives the same key from the secret and
 * so the same certificate, byte for byte: dates are fixed and the signature is the deterministic
 * one of RFC 6979. Immutable; any thread.
 */
public final class CertificateAuthority {
  /** Clocks may differ by a day, and a certificate must not be of the future anywhere. */
  private static final Duration BEFORE = Duration.ofDays(2);

  /** A node issues its own at each start; it may run for a year and longer. */
  private static final Duration AFTER = Duration.ofDays(2 * 365);

  private static final Instant AUTHORITY_FROM = Instant.parse("2020-01-01T00:00:00Z");

  /** What RFC 5280, 4.1.2.5, has for a certificate without an end. */
  private static final Instant AUTHORITY_UNTIL = Instant.parse("9999-12-31T23:59:59Z");

  private static final ECNamedDomainParameters P256 = p256();

  private final ECPrivateKeyParameters key;
  private final X500Name name;
  private final X509Certificate certificate;

  private CertificateAuthority(ECPrivateKeyParameters key, X500Name name) {
    this.key = key;
    this.name = name;
    this.certificate = issueOwn();
  }

  /**
   * The authority whose key is made of random bytes.
   *
   * @param random at least 16 more bytes than the order of the curve has
   */
  static CertificateAuthority of(byte[] random, String clusterName) {
    BigInteger scalar =
        new BigInteger(1, random).mod(P256.getN().subtract(BigInteger.ONE)).add(BigInteger.ONE);
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Millrace")
            .addRDN(BCStyle.CN, "cluster " + clusterName)
            .build();
    return new CertificateAuthority(new ECPrivateKeyParameters(scalar, P256), name);
  }

  /** Its own certificate: whoever trusts it trusts every node of the cluster. */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * A certificate for a node, as server and as client.
   *
   * @param hosts names and addresses that others reach it by
   */
  X509Certificate issue(
      String commonName, PublicKey publicKey, Collection<String> hosts, Instant now) {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Millrace")
            .addRDN(BCStyle.CN, commonName)
            .build();
    SubjectPublicKeyInfo subjectKey = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
    try {
      X509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          builder(
                  new BigInteger(127, new SecureRandom()).add(BigInteger.ONE),
                  now.minus(BEFORE),
                  now.plus(AFTER),
                  subject,
                  subjectKey)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                      }))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  identifiers.createAuthorityKeyIdentifier(publicKeyInfo()))
              .addExtension(Extension.subjectAlternativeName, false, names(hosts));
      return sign(builder);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509Certificate issueOwn() {
    try {
      X509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      return sign(
          builder(BigInteger.ONE, AUTHORITY_FROM, AUTHORITY_UNTIL, name, publicKeyInfo())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  identifiers.createSubjectKeyIdentifier(publicKeyInfo())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private X509v3CertificateBuilder builder(
      BigInteger serial, Instant from, Instant until, X500Name subject, SubjectPublicKeyInfo of) {
    return new X509v3CertificateBuilder(
        name, serial, Date.from(from), Date.from(until), subject, of);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder)
      throws IOException, GeneralSecurityException {
    byte[] encoded = builder.build(new DeterministicSigner(key)).getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  private SubjectPublicKeyInfo publicKeyInfo() throws IOException {
    return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
        new ECPublicKeyParameters(P256.getG().multiply(key.getD()).normalize(), P256));
  }

  private static GeneralNames names(Collection<String> hosts) {
    return new GeneralNames(
        hosts.stream()
            .distinct()
            .map(
                host ->
                    new GeneralName(
                        Hosts.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
            .toArray(GeneralName[]::new));
  }

  private static ECNamedDomainParameters p256() {
    X9ECParameters curve = ECNamedCurveTable.getByOID(X9ObjectIdentifiers.prime256v1);
    return new ECNamedDomainParameters(X9ObjectIdentifiers.prime256v1, curve);
  }
}
