package dev.millrace.server;

import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.logging.Logging;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node until it is stopped. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a node until Ctrl-C or SIGTERM, and says where to publish and to watch.")
final class RunCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--announce",
      paramLabel = "FILE",
      description = "Once ready, write what was bound to this file, as JSON")
  private Optional<Path> announce = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig config = options.load();
    Logging.configure(config.logFormat(), config.logLevel());
    return new NodeProcess(config, announce).run(node -> Optional.empty());
  }
}
