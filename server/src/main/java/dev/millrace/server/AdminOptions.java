package dev.millrace.server;

import dev.millrace.server.admin.ApiException;
import dev.millrace.server.admin.NodeApi;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.SecretFile;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node a command talks to, and what shows that it may. */
final class AdminOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A node with the role edge; default: the one on this machine")
  private Optional<URI> url = Optional.empty();

  @Mixin private ConfigOptions options = new ConfigOptions();

  /** The node's API. */
  NodeApi api() {
    NodeConfig config = options.load();
    URI node = url.orElseGet(() -> URI.create("http://127.0.0.1:" + config.http().port()));
    return new NodeApi(node, cluster -> token(config, cluster));
  }

  private static String token(NodeConfig config, String cluster) {
    return SecretFile.find(config)
        .map(found -> found.secret().keys(cluster).adminToken())
        .orElseThrow(
            () ->
                new ApiException(
                    "this needs the cluster's secret, and none is in "
                        + config.data()
                        + "; give MILLRACE_CLUSTER_SECRET, --secret-file FILE, or --data with the"
                        + " node's folder"));
  }
}
