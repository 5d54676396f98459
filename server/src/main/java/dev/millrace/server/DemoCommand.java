package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.logging.Logging;
import dev.millrace.transcoder.ffmpeg.PublishOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node and a publisher of test pictures. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a node as 'run' does, and publishes moving test pictures with a clock and a tone to it."
    })
final class DemoCommand implements Callable<Integer> {
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
    return new NodeProcess(config, announce).run(node -> Optional.of(publishTo(node, config)));
  }

  private static AutoCloseable publishTo(Node node, NodeConfig config) {
    if (node.rtmpPort().isEmpty() || node.viewersPort().isEmpty()) {
      throw new ConfigException("the demo needs a node with the roles ingest and edge");
    }
    PublishKey key = node.keys().getFirst();
    String rtmpHost = Greeting.hosts(config.rtmp().host()).getFirst();
    String httpHost = Greeting.hosts(config.http().host()).getFirst();
    String url =
        "rtmp://%s:%d/%s/%s"
            .formatted(rtmpHost, node.rtmpPort().getAsInt(), key.path().app(), key.key());
    ChildPublisher child =
        ChildPublisher.start(
            PublishOptions.parse(List.of(PublishOptions.TEST, url)),
            ProcessBuilder.Redirect.DISCARD);
    System.out.printf(
        "  Test pictures%n    http://%s:%d/watch/%s%n", httpHost, node.httpPort(), key.path());
    return child;
  }
}
