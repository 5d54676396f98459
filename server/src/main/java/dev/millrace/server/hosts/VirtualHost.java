package dev.millrace.server.hosts;

import java.util.ArrayList;
import java.util.List;

/**
 * A host with one network interface of its own.
 *
 * @param name unique in its network, such as {@code a1}
 * @param half where it is when the network is cut
 * @param address IPv4, as text; the machine and all hosts of the network reach it
 * @param namespace the kernel's network namespace, a name that {@code ip netns} lists
 */
public record VirtualHost(String name, Half half, String address, String namespace) {

  /** The name of its interface beside {@code lo}. */
  public static final String INTERFACE = "eth0";

  /**
   * The command line that runs a command in this host. The process has the pid that {@link
   * ProcessBuilder} tells, the same files and folders, and no other network than the host's.
   */
  public List<String> command(List<String> command) {
    // Unlike `ip netns exec` it mounts no other /sys, where a JVM looks for its limits.
    List<String> inside = new ArrayList<>(List.of(Ip.NSENTER, "--net=" + Ip.file(namespace)));
    inside.addAll(command);
    return inside;
  }

  /**
   * From now on the host sends again after 20 ms at the earliest what was not acknowledged, in
   * place of 200 ms: what docs/operate/relays.md advises for relays and edges.
   */
  public void retransmitSoon() {
    Ip.in(
        namespace,
        "route replace %s.0/24 dev %s proto kernel scope link src %s rto_min 20ms"
            .formatted(address.substring(0, address.lastIndexOf('.')), INTERFACE, address));
  }
}
