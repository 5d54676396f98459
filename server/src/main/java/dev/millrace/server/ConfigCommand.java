package dev.millrace.server;

import dev.millrace.server.config.ConfigYaml;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.Settings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the settings in effect. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    subcommands = {
      ClusterSettingsCommands.Get.class,
      ClusterSettingsCommands.Set.class,
      ClusterSettingsCommands.History.class,
      ClusterSettingsCommands.Rollback.class
    },
    description = {
      "Prints the settings in effect, with what they do and where they come from, as YAML for"
          + " --config. With a command: the settings that hold for a whole cluster."
    })
final class ConfigCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--show-keys", description = "Print configured stream keys too")
  private boolean showKeys;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = options.settings();
    NodeConfig config = NodeConfig.of(settings, ConfigOptions.host());
    Map<String, String> notes =
        Map.of(
            "node.name", "in effect: " + config.name(),
            "node.data", "in effect: " + config.data(),
            "hls.part-duration",
                "in effect: PART-TARGET " + config.hls().targets().partTargetUs() / 1e6,
            "origin.max-memory", "in effect: " + (config.origin().maxMemoryBytes() >> 20) + "MiB");
    if (spec != null) {
      spec.commandLine().getOut().print(ConfigYaml.write(settings, notes, showKeys));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
