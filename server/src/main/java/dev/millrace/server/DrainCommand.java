package dev.millrace.server;

import dev.millrace.server.admin.ApiException;
import dev.millrace.server.admin.NodeApi;
import dev.millrace.server.admin.NodeLine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a node out of its cluster without anybody noticing. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = {
      "Tells a node to hand over what it has and to stop: publishers go to another ingest, viewers"
          + " to another edge, workers and copies to other nodes. Waits until it is gone."
    })
final class DrainCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final int MAX_DEADLINE = 86_400;

  @Mixin private AdminOptions options = new AdminOptions();

  @Parameters(paramLabel = "NODE", description = "Its name or id, as in millrace nodes")
  private String node = "";

  @Option(names = "--no-wait", description = "Return as soon as the node has begun")
  private boolean noWait;

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      description =
          "How long handing over may take before the node stops anyway; 0 stops one that drains at"
              + " once; default: the node's drain.deadline")
  private Optional<Integer> deadline = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Give up waiting after so long; default: ${DEFAULT-VALUE}")
  private int timeoutSeconds = 120;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (deadline.filter(seconds -> seconds < 0 || seconds > MAX_DEADLINE).isPresent()) {
      throw new ApiException("--deadline: expected 0 to " + MAX_DEADLINE + " seconds");
    }
    NodeApi api = options.api();
    NodeApi.Cluster cluster = api.cluster();
    NodeLine target =
        cluster.nodes().stream()
            .filter(each -> each.name().equals(node) || each.id().equals(node))
            .findFirst()
            .orElseThrow(
                () -> new ApiException("there is no node " + node + "; see millrace nodes"));
    api.drain(target.id(), deadline.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    print("Node " + target.name() + " drains.");
    if (noWait) {
      return 0;
    }
    boolean itself = target.id().equals(cluster.self());
    long deadline = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
    while (System.nanoTime() < deadline) {
      Thread.sleep(LOOK);
      if (isGone(api, target.id(), itself)) {
        print("Node " + target.name() + " is gone.");
        return 0;
      }
    }
    throw new ApiException(
        "node " + target.name() + " still drains after " + timeoutSeconds + " s");
  }

  /** A node that is asked for itself ends without an answer. */
  private static boolean isGone(NodeApi api, String id, boolean itself) {
    try {
      Optional<NodeLine> there =
          api.cluster().nodes().stream().filter(each -> each.id().equals(id)).findFirst();
      return there.isEmpty();
    } catch (ApiException e) {
      if (itself) {
        return true;
      }
      throw e;
    }
  }

  private void print(String line) {
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(line);
      out.flush();
    }
  }
}
