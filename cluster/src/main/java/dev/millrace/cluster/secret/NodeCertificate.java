package dev.millrace.cluster.secret;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a node shows the others of its cluster, and whom it believes: exactly the cluster's
 * authority. Its key is never printed. Immutable; any thread.
 */
public final class NodeCertificate {
  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final X509Certificate authority;

  private NodeCertificate(PrivateKey key, List<X509Certificate> chain, X509Certificate authority) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.authority = authority;
  }

  /**
   * A new one with a new key (ECDSA, P-256), valid from two days ago for two years.
   *
   * @param nodeName for people who look at it
   * @param hosts names and addresses that the other nodes and workers reach this node by
   */
  public static NodeCertificate issue(
      CertificateAuthority authority, String nodeName, Collection<String> hosts, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X509Certificate own = authority.issue(nodeName, pair.getPublic(), hosts, now);
      return new NodeCertificate(pair.getPrivate(), List.of(own), authority.certificate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  /**
   * The operator's own, as PEM texts.
   *
   * @param authority the one certificate to believe
   * @param certificate this node's, then those between it and the authority
   * @param key this node's, not encrypted
   * @throws IllegalArgumentException when they cannot be read, do not fit together, or are not
   *     valid now
   */
  public static NodeCertificate read(
      String authority, String certificate, String key, Instant now) {
    X509Certificate trusted = Pem.certificates(authority, "the authority's certificate").getFirst();
    List<X509Certificate> chain = Pem.certificates(certificate, "the node's certificate");
    PrivateKey own = Pem.key(key, "the node's key");
    NodeCertificate read = new NodeCertificate(own, chain, trusted);
    read.check(now);
    return read;
  }

  /** TLS for both ends: shows this certificate and believes the cluster's authority alone. */
  public SSLContext sslContext() {
    try {
      char[] password = new char[0];
      KeyStore keys = emptyStore();
      keys.setKeyEntry("node", key, password, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, password);
      KeyStore trust = emptyStore();
      trust.setCertificateEntry("authority", authority);
      TrustManagerFactory trustManagers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(trust);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS of the Java platform does not start", e);
    }
  }

  /** This node's certificate and those below the authority, as PEM. */
  public String certificatePem() {
    return chain.stream().map(Pem::certificate).collect(Collectors.joining());
  }

  /** This node's key as PEM, PKCS #8, not encrypted: hand it to a library, never to a file. */
  public String keyPem() {
    return Pem.key(key);
  }

  /** An authority's certificate as PEM. */
  public static String pem(CertificateAuthority authority) {
    return Pem.certificate(authority.certificate());
  }

  /** The authority's certificate as PEM. */
  public String authorityPem() {
    return Pem.certificate(authority);
  }

  /** The authority's certificate, for those who only need to believe it. */
  public X509Certificate authority() {
    return authority;
  }

  /** The authority's certificate as DER. */
  public byte[] authorityDer() {
    try {
      return authority.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  /** This node's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Whom it names, and not the key. */
  @Override
  public String toString() {
    return "NodeCertificate(%s, until %s)"
        .formatted(certificate().getSubjectX500Principal(), certificate().getNotAfter());
  }

  private void check(Instant now) {
    List<X509Certificate> path = new ArrayList<>(chain);
    path.add(authority);
    try {
      for (int i = 0; i < path.size(); i++) {
        X509Certificate one = path.get(i);
        one.checkValidity(Date.from(now));
        if (i + 1 < path.size() && !one.equals(path.get(i + 1))) {
          one.verify(path.get(i + 1).getPublicKey());
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the node's certificate does not hold under the authority's: " + e.getMessage(), e);
    }
    if (!fits(key, certificate())) {
      throw new IllegalArgumentException("the node's key is not that of its certificate");
    }
  }

  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    try {
      byte[] text = {1, 2, 3};
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      byte[] signature = signer.sign();
      signer.initVerify(certificate);
      signer.update(text);
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
