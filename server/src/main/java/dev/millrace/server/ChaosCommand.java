package dev.millrace.server;

import dev.millrace.server.chaos.ChaosRun;
import dev.millrace.server.chaos.ChaosSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code millrace chaos}: whether a cluster bears what it promises to bear. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a cluster of its own on this machine, publishes and plays streams, and meanwhile"
          + " kills, pauses, drains and restarts one node after the other at random, and cuts the"
          + " network between them (this needs Linux and root). Checks that every part that a"
          + " player received is the one that was written, and that numbers never go back and have"
          + " no hole that was not announced. Exit status 0 if so, 1 if not."
    },
    sortOptions = false)
final class ChaosCommand implements Callable<Integer> {
  private static final int LEAST_NODES = 5;
  private static final int MOST_NODES = 20;
  private static final int MOST_MINUTES = 24 * 60;
  private static final int MOST = 100;

  @CommandLine.Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--minutes",
      defaultValue = "3",
      description = "How long nodes are hit (${DEFAULT-VALUE}).")
  private int minutes;

  @Option(
      names = "--seed",
      description = "The same one does the same to the same nodes; random if not given.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--actions",
      paramLabel = "N",
      description = "Ends after so many, if that is sooner.")
  private int actions = Integer.MAX_VALUE;

  @Option(
      names = "--rest",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "Longest time between two actions (${DEFAULT-VALUE}).")
  private int restSeconds;

  @Option(
      names = "--stop",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Longest time for which a node or the network stops (${DEFAULT-VALUE}).")
  private int stopSeconds;

  @Option(names = "--nodes", defaultValue = "5", description = "Nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(names = "--streams", defaultValue = "2", description = "Streams (${DEFAULT-VALUE}).")
  private int streams;

  @Option(names = "--players", defaultValue = "4", description = "Players (${DEFAULT-VALUE}).")
  private int players;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "For data and output of the nodes; a temporary one, which stays, if not given.")
  private Optional<Path> folder = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    require("--minutes", minutes, 1, MOST_MINUTES);
    require("--actions", actions, 1, Integer.MAX_VALUE);
    require("--rest", restSeconds, 2, MOST);
    require("--stop", stopSeconds, 1, MOST);
    require("--nodes", nodes, LEAST_NODES, MOST_NODES);
    require("--streams", streams, 1, MOST);
    require("--players", players, 1, MOST);
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    ChaosSettings settings =
        new ChaosSettings(
            Duration.ofMinutes(minutes),
            actions,
            seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1_000_000)),
            Duration.ofSeconds(restSeconds),
            Duration.ofSeconds(stopSeconds),
            nodes,
            streams,
            players,
            folder.isPresent() ? folder.get() : Files.createTempDirectory("millrace-chaos"));
    out.println("chaos: seed " + settings.seed() + ", " + minutes + " min");
    ChaosRun run = new ChaosRun(settings, out::println);
    Thread ending = new Thread(run::close, "chaos-end");
    Runtime.getRuntime().addShutdownHook(ending);
    try (run) {
      boolean good = run.run();
      out.println((good ? "PASS" : "FAIL") + " seed " + settings.seed());
      return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (IOException e) {
      out.println("FAIL seed " + settings.seed() + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private void require(String option, int value, int least, int most) {
    if ((value < least || value > most) && spec != null) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + ", expected " + least + " to " + most);
    }
  }
}
