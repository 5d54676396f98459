package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The only certificate authority that a client of internal HTTP believes. Names are checked as
 * well: the certificate of a node must name the host of its address. Immutable; any thread.
 *
 * @param der the authority's certificate; empty where nodes speak cleartext
 */
public record TrustedAuthority(Bytes der) {
  /** For cleartext. */
  public static final TrustedAuthority NONE = new TrustedAuthority(Bytes.EMPTY);

  private static final String PROTOCOL = "TLSv1.3";

  /**
   * Reads {@link #toBase64}.
   *
   * @throws IllegalArgumentException if it is no base64
   */
  public static TrustedAuthority parse(String base64) {
    return base64.isEmpty()
        ? NONE
        : new TrustedAuthority(Bytes.wrap(Base64.getDecoder().decode(base64)));
  }

  /** One word of printable characters; empty for {@link #NONE}. */
  public String toBase64() {
    return Base64.getEncoder().encodeToString(der.toArray());
  }

  /**
   * A client for HTTP/1.1 that follows no redirects.
   *
   * @throws IllegalArgumentException if the certificate cannot be read
   */
  public HttpClient.Builder client() {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    return der.isEmpty() ? client : client.sslContext(context());
  }

  /**
   * For other clients; who uses it must check the host's name itself.
   *
   * @throws IllegalArgumentException if the certificate cannot be read
   */
  public SSLContext context() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "authority",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toArray())));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the authority's certificate cannot be used", e);
    }
  }
}
