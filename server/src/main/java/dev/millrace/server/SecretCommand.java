package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.SecretFile;
import dev.millrace.server.identity.SiteFile;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what lets nodes into the cluster. */
@Command(
    name = "secret",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the cluster's secret, which lets in whoever has it: for MILLRACE_CLUSTER_SECRET or a"
          + " --secret-file on another machine."
    })
final class SecretCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--site",
      paramLabel = "NAME",
      description =
          "Show the secret of this site's relays, and below it the certificate authority that"
              + " they are to believe")
  private Optional<String> site = Optional.empty();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    NodeConfig config = options.load();
    SecretFile.Found found =
        SecretFile.find(config)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "there is no cluster secret in "
                            + config.data()
                            + "; the first node of a cluster makes one: millrace run --cluster"
                            + " NAME"));
    if (spec != null) {
      spec.commandLine()
          .getOut()
          .println(
              site.map(name -> SiteFile.text(name, config, found.secret()))
                  .orElseGet(found.secret()::text));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
