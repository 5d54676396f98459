package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.hosts.VirtualHosts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * {@code millrace chaos} as operators start it, but short: five nodes, and one action of each kind.
 */
@Isolated("needs the processors, or measures what having them costs")
class ChaosIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Pause n1, kill n2, restart n4, drain n1, cut for 4 s with publishers on both sides. */
  private static final String SEED = "610";

  @TempDir static Path folder;

  @Test
  void nothingIsLostCrossedOrOutOfOrder() {
    List<String> arguments =
        List.of(
            "chaos", "--seed", SEED, "--actions", "5", "--rest", "2", "--stop", "6", "--folder");
    List<String> command = new ArrayList<>(Installation.node(arguments));
    command.add(folder.toString());
    try (ChildProcess chaos = ChildProcess.start(command, Map.of(), folder)) {
      int status = chaos.awaitExit(PATIENCE);
      String output = chaos.output();
      output.lines().forEach(line -> System.out.println("MEASURED " + line));
      assertThat(status).as(output).isZero();
      assertThat(output).contains("PASS seed " + SEED, "kill -9 n2", "restart n4", "pause n1");
      assertThat(output).contains("drain n1", "cut the network for 4 s, publishers change sides");
      if (VirtualHosts.obstacle().isEmpty()) {
        assertThat(output).contains("Left out: 0 cuts");
      } else {
        assertThat(output).contains("NO CUTS", "Left out: 1 cuts");
      }
    }
  }
}
