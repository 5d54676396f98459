package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * This process as one node: says that it is ready, and stops the node cleanly when the process is
 * told to end. Main thread; the end comes on a thread of the JVM's own.
 */
final class NodeProcess {
  private final NodeConfig config;
  private final Optional<Path> announceFile;
  private final Deque<AutoCloseable> closeables = new ConcurrentLinkedDeque<>();
  private volatile int status;

  NodeProcess(NodeConfig config, Optional<Path> announceFile) {
    this.config = config;
    this.announceFile = announceFile;
  }

  /**
   * Starts the node, tells where it is, and lets it run until a signal ends the process.
   *
   * @param companion starts what shall run beside the node and is to be closed before it
   * @throws ConfigException if it cannot start as configured
   */
  int run(Function<Node, Optional<AutoCloseable>> companion) throws InterruptedException {
    announceFile.ifPresent(NodeProcess::forget);
    Node node = Node.start(config);
    closeables.push(node);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    Signals.endAtTheSecond();
    try {
      announceFile.ifPresent(file -> announce(node, file));
      greet(node);
      companion.apply(node).ifPresent(closeables::push);
    } catch (ConfigException e) {
      status = CommandLine.ExitCode.USAGE;
      throw e;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  private void greet(Node node) {
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    out.println(
        "Millrace "
            + Version.text()
            + ", node "
            + node.name()
            + ", is ready. Data: "
            + config.data());
    node.cluster().ifPresent(cluster -> Greeting.printCluster(out, cluster));
    node.rtmpPort().ifPresent(port -> greetPublishers(out, node, port));
    node.viewersPort()
        .ifPresentOrElse(
            port -> Greeting.printPages(out, config.http().host(), port),
            () -> Greeting.printHealth(out, config.http().host(), node.httpPort()));
  }

  private void greetPublishers(PrintWriter out, Node node, int port) {
    if (config.publish().keys().isEmpty()) {
      Greeting.printKeys(out, config.rtmp().host(), port, node.keys());
    } else {
      out.println("  Publish with one of " + node.keys().size() + " stream keys: millrace keys");
      for (String host : Greeting.hosts(config.rtmp().host())) {
        out.println("    Server:     rtmp://" + host + ":" + port + "/APP");
      }
    }
    if (config.publish().open()) {
      out.println(
          "  OPEN: any stream key is taken for the stream's name. Do not run this on a public"
              + " network.");
    }
  }

  private void announce(Node node, Path file) {
    try {
      new Announcement(
              node.name(),
              ProcessHandle.current().pid(),
              config.data(),
              Greeting.hosts(config.rtmp().host()).getFirst(),
              node.rtmpPort(),
              Greeting.hosts(config.http().host()).getFirst(),
              node.httpPort(),
              node.cluster().map(ClusterRoom::port).orElse(OptionalInt.empty()),
              node.sitePort())
          .write(file);
    } catch (IOException e) {
      throw new ConfigException("--announce " + file + " cannot be written: " + e);
    }
  }

  /** What an earlier node announced is no longer true. */
  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ConfigException("--announce " + file + " cannot be written: " + e);
    }
  }

  /** In the shutdown hook. A JVM that a signal ended has a status of its own; a clean stop is 0. */
  private void stop() {
    for (AutoCloseable closeable : closeables) {
      try {
        closeable.close();
      } catch (Exception e) {
        status = CommandLine.ExitCode.SOFTWARE;
        System.err.println("millrace: while stopping: " + e);
      }
    }
    System.out.println("Millrace stopped.");
    Runtime.getRuntime().halt(status);
  }
}
