package dev.millrace.server.identity;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.Bytes;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.Site;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/**
 * What the relays of a site are given, one file: the site's secret in the first line, and below it
 * the certificate (PEM) of the authority that edges have theirs of. The secret lets a relay in at
 * edges and at its neighbours; only the certificate tells it who is an edge, so that no relay can
 * play one.
 */
public final class SiteFile {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private SiteFile() {}

  /**
   * The file's text, without a line feed at its end.
   *
   * @param config of a node of the main cluster
   * @throws ConfigException if no cluster is named, or its authority cannot be read
   */
  public static String text(String site, NodeConfig config, ClusterSecret cluster) {
    if (!Site.isName(site)) {
      throw new ConfigException("--site is '" + site + "', expected 1 to 32 of a-z 0-9 and -");
    }
    String name = config.cluster().name();
    if (name.isEmpty()) {
      throw new ConfigException(
          "a site's secret belongs to a cluster: name it (cluster.name, --cluster NAME)");
    }
    ClusterKeys keys = cluster.keys(name);
    String authority =
        config
            .cluster()
            .certificates()
            .map(files -> read(files.authority()))
            .orElseGet(() -> NodeCertificate.pem(keys.authority()));
    return keys.siteSecret(site).text() + "\n" + authority.strip();
  }

  /**
   * The authority of edges, from the file that a relay was given.
   *
   * @throws ConfigException if there is none in it
   */
  public static TrustedAuthority authority(NodeConfig config) {
    Path file =
        config
            .cluster()
            .secretFile()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "a relay of a site needs its secret file (cluster.secret-file,"
                            + " --secret-file), as millrace secret --site NAME writes it"));
    String text = read(file);
    int begin = text.indexOf(BEGIN);
    if (begin < 0) {
      throw new ConfigException(
          file
              + " has no certificate below the secret: it must be what millrace secret --site NAME"
              + " writes");
    }
    try {
      return new TrustedAuthority(
          Bytes.wrap(
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          text.substring(begin).getBytes(StandardCharsets.US_ASCII)))
                  .getEncoded()));
    } catch (CertificateException e) {
      throw new ConfigException(file + ": its certificate cannot be read: " + e.getMessage());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(file + " cannot be read: " + e);
    }
  }
}
