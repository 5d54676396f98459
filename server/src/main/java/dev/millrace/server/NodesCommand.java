package dev.millrace.server;

import dev.millrace.server.admin.NodeApi;
import dev.millrace.server.admin.TextTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the nodes of a cluster. */
@Command(
    name = "nodes",
    mixinStandardHelpOptions = true,
    description =
        "Shows the nodes of the cluster: what they do, how busy they are, what they have.")
final class NodesCommand implements Callable<Integer> {
  @Mixin private AdminOptions options = new AdminOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    NodeApi.Cluster cluster = options.api().cluster();
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(TextTable.nodes(cluster.nodes()));
      cluster.remarks().forEach(out::println);
      if (cluster.name().isEmpty()) {
        out.println("This node is in no cluster.");
      }
      out.flush();
    }
    return 0;
  }
}
