package dev.millrace.cluster.secret;

import dev.millrace.media.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the nodes of one cluster derive from its secret, each for one purpose, so that knowing one
 * tells nothing of the others: HKDF-SHA256 with the cluster's name as salt and the purpose as info.
 * Immutable; any thread.
 */
public final class ClusterKeys {
  private static final int TOKEN_BYTES = 32;

  /** 128 bits more than needed, so that no scalar is likelier than another (FIPS 186-5, A.2.1). */
  private static final int SCALAR_BYTES = 48;

  private final byte[] secret;
  private final String clusterName;

  ClusterKeys(byte[] secret, String clusterName) {
    this.secret = secret;
    this.clusterName = clusterName;
  }

  /** The cluster's name. */
  public String clusterName() {
    return clusterName;
  }

  /** What nodes and workers show each other as {@code Authorization: Bearer}: 64 hex digits. */
  public String bearerToken() {
    return Bytes.wrap(derive("http bearer", TOKEN_BYTES)).hex();
  }

  /** What administration commands show a node's API: 64 hex digits. */
  public String adminToken() {
    return Bytes.wrap(derive("admin token", TOKEN_BYTES)).hex();
  }

  /**
   * The secret of a site's relays, which are a cluster of their own: it tells nothing of this
   * cluster's.
   */
  public ClusterSecret siteSecret(String site) {
    return ClusterSecret.of(derive("millrace site " + site, TOKEN_BYTES));
  }

  /** What the relays of this site show the edges of this cluster: 64 hex digits. */
  public String siteToken(String site) {
    return siteSecret(site).keys(siteCluster(site)).upstreamToken();
  }

  /** What the relays of a site show edges, where these are the site's keys: 64 hex digits. */
  public String upstreamToken() {
    return Bytes.wrap(derive("http bearer at edges", TOKEN_BYTES)).hex();
  }

  /** The name of the cluster of a site's relays. */
  public static String siteCluster(String site) {
    return "mr-" + site;
  }

  /** The certificate authority that every node of the cluster can play. */
  public CertificateAuthority authority() {
    return CertificateAuthority.of(derive("certificate authority", SCALAR_BYTES), clusterName);
  }

  /**
   * Proves to those who have the same secret that this text comes from one of them: HMAC-SHA256.
   */
  public Bytes sign(Bytes text) {
    return mac("admission", text);
  }

  /**
   * Proves to those who have the same secret that a node of the cluster signs logs with this key,
   * also when that node is gone: HMAC-SHA256, 32 bytes.
   */
  public Bytes voucher(Bytes publicKey) {
    return mac("log signer", publicKey);
  }

  /** Under which the cluster's nodes seal datagrams in this hour since 1970: 32 bytes. */
  public Bytes datagramKey(long hour) {
    return Bytes.wrap(derive("datagrams of hour " + hour, TOKEN_BYTES));
  }

  private Bytes mac(String purpose, Bytes text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(derive(purpose, TOKEN_BYTES), "HmacSHA256"));
      return Bytes.wrap(mac.doFinal(text.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** The cluster's name, and none of the keys. */
  @Override
  public String toString() {
    return "ClusterKeys(" + clusterName + ", hidden)";
  }

  private byte[] derive(String purpose, int length) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .addSalt(utf8("millrace cluster " + clusterName))
                  .thenExpand(utf8(purpose), length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java 25 has HKDF-SHA256", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
