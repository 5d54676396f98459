package dev.millrace.server.internal;

/**
 * What the internal server shows of itself.
 *
 * @param certificatePem its certificate, and those between it and the cluster's authority
 * @param keyPem the certificate's private key, PKCS #8. Secret: not in {@link #toString}
 */
public record InternalTls(String certificatePem, String keyPem) {
  @Override
  public String toString() {
    return "InternalTls";
  }
}
