package dev.millrace.cluster.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeCertificateTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final CertificateAuthority AUTHORITY =
      ClusterSecret.generate().keys("prod").authority();
  private static final CertificateAuthority STRANGER =
      ClusterSecret.generate().keys("prod").authority();

  @Test
  void authorityIsTheSameOnEveryNodeToTheByte() throws Exception {
    ClusterSecret secret = ClusterSecret.generate();

    X509Certificate here = secret.keys("prod").authority().certificate();
    X509Certificate there =
        ClusterSecret.parse(secret.text()).keys("prod").authority().certificate();

    assertThat(here.getEncoded()).isEqualTo(there.getEncoded());
    here.verify(here.getPublicKey());
    assertThat(here.getBasicConstraints()).isZero();
    here.checkValidity(Date.from(Instant.parse("2099-01-01T00:00:00Z")));
  }

  @Test
  void holdsForAYearOnClocksThatAreADayApart() throws Exception {
    X509Certificate certificate = issue(AUTHORITY).certificate();

    certificate.verify(AUTHORITY.certificate().getPublicKey());
    certificate.checkValidity(Date.from(NOW.minus(Duration.ofDays(1))));
    certificate.checkValidity(Date.from(NOW.plus(Duration.ofDays(366 + 1))));
    assertThat(certificate.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .containsExactly("localhost", "node-a.example", "127.0.0.1", "0:0:0:0:0:0:0:1");
  }

  @Test
  void nodesOfOneClusterMeetInBothDirections() {
    NodeCertificate a = issue(AUTHORITY);
    NodeCertificate b = issue(AUTHORITY);

    assertThat(handshake(a.sslContext(), b.sslContext(), "127.0.0.1")).isEqualTo("CN=b,O=Millrace");
    assertThat(handshake(b.sslContext(), a.sslContext(), "localhost")).isEqualTo("CN=b,O=Millrace");
  }

  @Test
  void nodesOfTwoSecretsDoNotMeetInEitherDirection() {
    NodeCertificate ours = issue(AUTHORITY);
    NodeCertificate theirs = issue(STRANGER);

    assertThatThrownBy(() -> handshake(ours.sslContext(), theirs.sslContext(), "127.0.0.1"))
        .hasStackTraceContaining("PKIX");
    assertThatThrownBy(() -> handshake(theirs.sslContext(), ours.sslContext(), "127.0.0.1"))
        .hasStackTraceContaining("PKIX");
  }

  @Test
  void serverAsksForACertificate() throws Exception {
    SSLContext blind = SSLContext.getInstance("TLS");
    blind.init(null, trustAnything(), null);

    assertThatThrownBy(() -> handshake(issue(AUTHORITY).sslContext(), blind, "127.0.0.1"))
        .isInstanceOf(CompletionException.class);
  }

  @Test
  void pemOfTheOperatorIsReadAndUsed() {
    NodeCertificate made = issue(AUTHORITY);

    NodeCertificate read =
        NodeCertificate.read(made.authorityPem(), made.certificatePem(), made.keyPem(), NOW);

    assertThat(read.authorityDer()).isEqualTo(made.authorityDer());
    assertThat(handshake(read.sslContext(), issue(AUTHORITY).sslContext(), "127.0.0.1"))
        .isEqualTo("CN=b,O=Millrace");
  }

  @Test
  void whatDoesNotFitTogetherIsNamed() {
    NodeCertificate made = issue(AUTHORITY);
    NodeCertificate other = issue(STRANGER);
    String authority = made.authorityPem();
    String certificate = made.certificatePem();
    String key = made.keyPem();

    assertThatThrownBy(() -> NodeCertificate.read(other.authorityPem(), certificate, key, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not hold under the authority's");
    assertThatThrownBy(() -> NodeCertificate.read(authority, certificate, other.keyPem(), NOW))
        .hasMessageContaining("key is not that of its certificate");
    assertThatThrownBy(
            () ->
                NodeCertificate.read(authority, certificate, key, NOW.plus(Duration.ofDays(1000))))
        .hasMessageContaining("does not hold");
    assertThatThrownBy(() -> NodeCertificate.read(authority, key, key, NOW))
        .hasMessageContaining("the node's certificate has no certificate");
    assertThatThrownBy(() -> NodeCertificate.read(authority, certificate, certificate, NOW))
        .hasMessageContaining("the node's key has no private key");
  }

  @Test
  void neverShowsItsKey() {
    assertThat(issue(AUTHORITY).toString()).contains("CN=b").doesNotContain("PRIVATE");
  }

  private static NodeCertificate issue(CertificateAuthority authority) {
    return NodeCertificate.issue(
        authority, "b", List.of("localhost", "node-a.example", "127.0.0.1", "::1"), NOW);
  }

  private static TrustManager[] trustAnything() {
    return new TrustManager[] {
      new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[0];
        }
      }
    };
  }

  /** Whom the server saw, after a byte each way with host names checked as HTTPS does. */
  private static String handshake(SSLContext server, SSLContext client, String host) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket listening =
        (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listening.setNeedClientAuth(true);
      CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> serve(listening));
      try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.connect(
            new InetSocketAddress(InetAddress.getByName(host), listening.getLocalPort()));
        socket.getOutputStream().write(1);
        assertThat(socket.getInputStream().read()).isEqualTo(2);
      }
      return seen.join();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static String serve(SSLServerSocket listening) {
    try (SSLSocket socket = (SSLSocket) listening.accept()) {
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      socket.getOutputStream().write(2);
      return socket.getSession().getPeerPrincipal().getName();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }
}
