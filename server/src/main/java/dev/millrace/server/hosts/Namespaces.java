package dev.millrace.server.hosts;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one network's namespaces and devices are named: with the pid of their maker, by which a later
 * run knows what nobody needs any more.
 */
final class Namespaces {
  private static final Pattern NAME = Pattern.compile("millrace-(\\d+)-\\d+-\\w+");
  private static final AtomicInteger NETWORKS = new AtomicInteger();

  private final long pid = ProcessHandle.current().pid();
  private final int network = NETWORKS.incrementAndGet();

  String namespace(String what) {
    return "millrace-" + pid + "-" + network + "-" + what;
  }

  /** A device of the machine; the kernel allows 15 characters. */
  String device(Half half) {
    return "mr" + pid + "-" + network + half.letter();
  }

  /** Removes this network. */
  void remove() {
    for (Half half : Half.values()) {
      // Would go with the namespace of their other ends as well, but some time later.
      if (Ip.exists(device(half))) {
        Ip.run("link del " + device(half));
      }
    }
    String prefix = namespace("");
    for (String name : Ip.namespaces()) {
      if (name.startsWith(prefix)) {
        Ip.removeNamespace(name);
      }
    }
  }

  /** Removes what processes left that ended without closing their networks. */
  static void sweep() {
    for (String name : Ip.namespaces()) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches() && isDead(Long.parseLong(matcher.group(1)))) {
        System.err.println("removing " + name + ", which a process left behind");
        Ip.removeNamespace(name);
      }
    }
  }

  private static boolean isDead(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
  }
}
