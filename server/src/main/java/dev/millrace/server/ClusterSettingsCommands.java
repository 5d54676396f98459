package dev.millrace.server;

import dev.millrace.server.admin.ApiException;
import dev.millrace.server.admin.NodeApi;
import dev.millrace.server.admin.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The settings of the whole cluster, below {@code millrace config}. */
final class ClusterSettingsCommands {
  private ClusterSettingsCommands() {}

  private static void print(@Nullable CommandSpec spec, String text) {
    if (spec != null) {
      spec.commandLine().getOut().print(text);
      spec.commandLine().getOut().flush();
    }
  }

  private static String told(NodeApi.Revision revision) {
    return "revision %d, %s, by %s%n".formatted(revision.number(), revision.at(), revision.by());
  }

  private static String lines(Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    values.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return text.toString();
  }

  /** Shows them. */
  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Shows the settings that hold for the whole cluster, or those that are named.")
  static final class Get implements Callable<Integer> {
    @Mixin private AdminOptions options = new AdminOptions();

    @Parameters(paramLabel = "KEY", arity = "0..*", description = "For example publish.keys")
    private List<String> keys = List.of();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      NodeApi.Revision now = options.api().settings();
      Map<String, String> shown = new LinkedHashMap<>(now.values());
      if (!keys.isEmpty()) {
        shown.keySet().retainAll(keys);
        keys.stream()
            .filter(key -> !shown.containsKey(key))
            .findFirst()
            .ifPresent(
                key -> {
                  throw new ApiException(
                      key + " is not set for the cluster; each node has its own configuration");
                });
      }
      print(spec, lines(shown));
      return 0;
    }
  }

  /** Changes them. */
  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = {
        "Changes settings of the whole cluster at run time, all that are named at once. KEY="
            + " without a value removes one: each node's own configuration counts again."
      })
  static final class Set implements Callable<Integer> {
    @Mixin private AdminOptions options = new AdminOptions();

    @Parameters(
        paramLabel = "KEY=VALUE",
        arity = "1..*",
        description = "For example origin.replicas=3")
    private List<String> assignments = List.of();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      Map<String, String> set = new LinkedHashMap<>();
      List<String> remove = new ArrayList<>();
      for (String each : assignments) {
        int equals = each.indexOf('=');
        if (equals < 1) {
          throw new ApiException("'" + each + "' is not KEY=VALUE");
        }
        String value = each.substring(equals + 1);
        if (value.isEmpty()) {
          remove.add(each.substring(0, equals));
        } else {
          set.put(each.substring(0, equals), value);
        }
      }
      print(spec, told(options.api().change(set, remove)));
      return 0;
    }
  }

  /** What was changed when. */
  @Command(
      name = "history",
      mixinStandardHelpOptions = true,
      description = "Shows the revisions of the cluster's settings, newest first.")
  static final class History implements Callable<Integer> {
    @Mixin private AdminOptions options = new AdminOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("REVISION", "AT", "BY", "SETTINGS"));
      for (NodeApi.Revision each : options.api().history()) {
        rows.add(
            List.of(
                String.valueOf(each.number()),
                each.at(),
                each.by(),
                lines(each.values()).strip().replace("\n", " ")));
      }
      print(spec, TextTable.of(rows));
      return 0;
    }
  }

  /** Back to what was. */
  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Makes a new revision with the settings of an old one.")
  static final class Rollback implements Callable<Integer> {
    @Mixin private AdminOptions options = new AdminOptions();

    @Parameters(paramLabel = "REVISION", description = "A number of millrace config history")
    private long revision;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      print(spec, told(options.api().rollback(revision)));
      return 0;
    }
  }
}
