package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.identity.DataFolder;
import dev.millrace.server.identity.GeneratedKey;
import dev.millrace.server.identity.SecretFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what to type into OBS. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "Shows the stream keys and the server addresses to put into OBS.")
final class KeysCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    NodeConfig config = options.load();
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      Greeting.printKeys(out, config.rtmp().host(), config.rtmp().port(), keys(config));
      if (config.publish().open()) {
        out.println("  Publishing is open: any other stream key is taken for the stream's name.");
      }
      out.flush();
    }
    return 0;
  }

  private static List<PublishKey> keys(NodeConfig config) {
    if (!config.publish().keys().isEmpty()) {
      return config.publish().keys();
    }
    if (config.cluster().isOn()) {
      return SecretFile.find(config)
          .map(found -> List.of(GeneratedKey.of(found.secret().keys(config.cluster().name()))))
          .orElseThrow(
              () -> new ConfigException("the cluster's secret is not here; see millrace secret"));
    }
    Optional<PublishKey> made = GeneratedKey.find(config.data());
    if (made.isPresent()) {
      return List.of(made.get());
    }
    try (DataFolder folder = DataFolder.take(config.data())) {
      return List.of(GeneratedKey.findOrCreate(folder));
    }
  }
}
