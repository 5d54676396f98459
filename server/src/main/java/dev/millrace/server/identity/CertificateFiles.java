package dev.millrace.server.identity;

import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Supplier;

/** A node's certificate from files, where the operator has an authority of his own. Stateless. */
public final class CertificateFiles {
  private CertificateFiles() {}

  /**
   * Reads the files that are configured.
   *
   * @param issued the certificate of a node without files
   * @param now at which it must be valid
   * @throws ConfigException if one cannot be read, is no such thing, or does not go with the others
   */
  public static NodeCertificate read(
      NodeConfig.Cluster config, Supplier<NodeCertificate> issued, Instant now) {
    try {
      if (config.certificates().isEmpty()) {
        return issued.get();
      }
      NodeConfig.Certificates files = config.certificates().get();
      return NodeCertificate.read(
          pem(files.authority()), pem(files.certificate()), pem(files.key()), now);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("the cluster's certificates: " + e.getMessage());
    }
  }

  private static String pem(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException("the cluster's certificates: " + file + " cannot be read: " + e);
    }
  }
}
