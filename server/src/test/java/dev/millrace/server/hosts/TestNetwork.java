package dev.millrace.server.hosts;

import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Virtual hosts of a test. */
public final class TestNetwork {
  private TestNetwork() {}

  /**
   * A network without hosts. Where there can be none the running test is skipped, loudly; with
   * CI=true it fails if a program is missing, which {@code .ci/run} installs.
   */
  public static VirtualHosts create() {
    if ("true".equals(System.getenv("CI"))) {
      VirtualHosts.missingProgram()
          .ifPresent(
              what -> Assertions.fail("virtual hosts: " + what + ": with CI=true a failure"));
    }
    Optional<String> obstacle = VirtualHosts.obstacle();
    if (obstacle.isPresent()) {
      System.err.println("SKIPPED: virtual hosts: " + obstacle.get());
      Assumptions.abort("virtual hosts: " + obstacle.get());
    }
    return VirtualHosts.create();
  }
}
