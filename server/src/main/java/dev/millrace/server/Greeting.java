package dev.millrace.server;

import dev.millrace.server.config.PublishKey;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** What a person reads when a node is ready: where to publish, with which key, where to watch. */
final class Greeting {
  private Greeting() {}

  /** In the words of OBS's settings page "Stream". */
  static void printKeys(PrintWriter out, String listenHost, int port, List<PublishKey> keys) {
    for (PublishKey key : keys) {
      out.println("  Publish " + key.path() + " (OBS: Settings, Stream, Service \"Custom...\")");
      for (String host : hosts(listenHost)) {
        out.println("    Server:     rtmp://" + host + ":" + port + "/" + key.path().app());
      }
      out.println("    Stream key: " + key.key());
    }
  }

  /** Who else is there, and, where this node is the first, how others join it. */
  static void printCluster(PrintWriter out, ClusterRoom cluster) {
    int nodes = cluster.view().nodes().size();
    out.println(
        "  Cluster "
            + cluster.name()
            + ": "
            + (nodes == 1 ? "this node alone so far" : nodes + " nodes with this one")
            + ". All of them: millrace nodes");
    if (cluster.secret().made()) {
      out.println("    Join it from another machine (the secret lets in whoever has it):");
      out.println("      MILLRACE_CLUSTER_SECRET=" + cluster.secret().secret().text() + " \\");
      out.println(
          "      ./millrace run --cluster "
              + cluster.name()
              + " --seed "
              + cluster.seed()
              + " --roles edge");
      out.println("    It is in " + cluster.secret().where() + "; millrace secret shows it again.");
    }
  }

  static void printPages(PrintWriter out, String listenHost, int port) {
    out.println("  Watch");
    for (String host : hosts(listenHost)) {
      out.println("    http://" + host + ":" + port + "/");
    }
  }

  /** Of a node without viewers. */
  static void printHealth(PrintWriter out, String listenHost, int port) {
    out.println("  Health, metrics");
    for (String host : hosts(listenHost)) {
      out.println("    http://" + host + ":" + port + "/healthz, /metrics");
    }
  }

  /** This machine as itself and as its neighbours call it, if it listens to them. */
  static List<String> hosts(String listenHost) {
    boolean everywhere = listenHost.equals("0.0.0.0") || listenHost.equals("::");
    if (!everywhere) {
      return List.of(listenHost.contains(":") ? "[" + listenHost + "]" : listenHost);
    }
    List<String> hosts = new ArrayList<>(List.of("127.0.0.1"));
    try {
      NetworkInterface.networkInterfaces()
          .filter(Greeting::isNeighbourly)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
          .map(InetAddress::getHostAddress)
          .findFirst()
          .ifPresent(hosts::add);
    } catch (SocketException e) {
      return hosts; // without a network there is only this machine
    }
    return hosts;
  }

  private static boolean isNeighbourly(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback() && !network.isVirtual();
    } catch (SocketException e) {
      return false;
    }
  }
}
