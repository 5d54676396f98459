package dev.millrace.server.hosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs of iproute2 and util-linux that make and remove network namespaces. */
final class Ip {
  static final String NSENTER = "nsenter";
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final Path IPV6_IS_OFF = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");

  private Ip() {}

  /** A program that is needed and not there. */
  static Optional<String> missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("network namespaces, which Linux has");
    }
    for (String program : List.of("ip", NSENTER)) {
      String path = System.getenv().getOrDefault("PATH", "");
      boolean found =
          List.of(path.split(":", -1)).stream()
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
      if (!found) {
        return Optional.of("the program " + program + " (Debian: iproute2, util-linux) on PATH");
      }
    }
    return Optional.empty();
  }

  /** Whether new namespaces have IPv6. */
  static boolean hasIpv6() {
    try {
      return Files.exists(IPV6_IS_OFF) && Files.readString(IPV6_IS_OFF).strip().equals("0");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file that stands for a namespace. */
  static Path file(String namespace) {
    return NAMESPACES.resolve(namespace);
  }

  /** All namespaces of the machine that have names. */
  static List<String> namespaces() {
    if (!Files.isDirectory(NAMESPACES)) {
      return List.of();
    }
    try (var files = Files.list(NAMESPACES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the machine has a device of this name. */
  static boolean exists(String device) {
    try {
      return NetworkInterface.getByName(device) != null;
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code ip} where this process runs; the arguments are separated by spaces. */
  static String run(String arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ", -1)));
    return execute(command);
  }

  /** Runs {@code ip} on the devices and addresses of a namespace. */
  static String in(String namespace, String arguments) {
    return run("-n " + namespace + " " + arguments);
  }

  /**
   * Removes a namespace with its devices, and ends first what still runs in it: until then the
   * kernel would keep it, out of sight.
   */
  static void removeNamespace(String name) {
    run("netns pids " + name)
        .lines()
        .map(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
        .flatMap(Optional::stream)
        .forEach(ProcessHandle::destroyForcibly);
    run("netns del " + name);
  }

  private static String execute(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new RefusedException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted: " + String.join(" ", command));
    }
  }

  /** What {@code ip} said when it did not succeed. */
  static final class RefusedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
