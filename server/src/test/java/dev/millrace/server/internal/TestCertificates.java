package dev.millrace.server.internal;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Objects;

/** Certificates of a cluster for tests; {@code node} is for 127.0.0.1. Their keys are no secret. */
final class TestCertificates {
  private TestCertificates() {}

  /** What a server shows. */
  static InternalTls tls(String name) {
    return new InternalTls(text(name + ".pem"), text(name + ".key.pem"));
  }

  /** The one that signed all certificates, or another. */
  static TrustedAuthority authority(String name) {
    try (InputStream pem = open(name + ".pem")) {
      return new TrustedAuthority(
          Bytes.wrap(
              CertificateFactory.getInstance("X.509").generateCertificate(pem).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(String file) {
    try (InputStream in = open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    return Objects.requireNonNull(
        TestCertificates.class.getResourceAsStream("/internal-tls/" + file), file);
  }
}
