package dev.millrace.server;

import dev.millrace.server.admin.ApiException;
import dev.millrace.server.bench.BenchCommand;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.LogFormat;
import dev.millrace.server.config.LogLevel;
import dev.millrace.server.config.NearestName;
import dev.millrace.server.logging.Logging;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit status: 0 after a clean end, 1 for an error of this program, 2 for wrong
 * usage or configuration, which includes a port in use.
 */
@Command(
    name = "millrace",
    description = "A live-streaming media server: RTMP in, low-latency HLS out.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      DemoCommand.class,
      PublishCommand.class,
      ChaosCommand.class,
      WorkerCommand.class,
      ConfigCommand.class,
      KeysCommand.class,
      NodesCommand.class,
      DrainCommand.class,
      SecretCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "First steps: millrace demo, or millrace run and point OBS to what it prints.",
      "More about a command: millrace COMMAND --help"
    })
public final class Main implements Runnable {
  @CommandLine.Spec private @Nullable CommandSpec spec;

  /** Runs a command and ends the process with its status. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    Logging.configure(LogFormat.TEXT, LogLevel.WARN); // until a node's settings are known
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::refuseUsage)
        .setExecutionExceptionHandler(Main::report)
        .execute(arguments);
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "which command?");
    }
  }

  private static int refuseUsage(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("millrace: " + problem.getMessage() + hint(problem));
    err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  /** The option or command that was probably meant. */
  private static String hint(ParameterException problem) {
    if (!(problem instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    CommandSpec command = problem.getCommandLine().getCommandSpec();
    Set<String> known = new HashSet<>(command.optionsMap().keySet());
    known.addAll(command.subcommands().keySet());
    return NearestName.hint(unmatched.getUnmatched().getFirst(), known);
  }

  private static int report(Exception problem, CommandLine command, ParseResult parsed)
      throws Exception {
    if (problem instanceof ConfigException) {
      command.getErr().println("millrace: " + problem.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    if (problem instanceof ApiException) {
      command.getErr().println("millrace: " + problem.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw problem;
  }
}
