package dev.millrace.server.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that find each other by a DNS name with an address of each, as that of a headless service,
 * by a stack of the operator's own, which is a copy of the built-in one that names the server.
 */
class DnsDiscoveryIT {
  private static final String NAME = "nodes.millrace.test";
  private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");

  @TempDir Path folder;

  @Test
  void nodesOfOneNameAreOneCluster() throws Exception {
    int port = ClusterUnderTest.freePort();
    try (NameServer dns = new NameServer(NAME, ADDRESSES);
        ClusterUnderTest cluster = new ClusterUnderTest(folder, "named", Map.of())) {
      Path stack = folder.resolve("dns.xml");
      String builtIn = Files.readString(Path.of("../config/jgroups/dns.xml"));
      Files.writeString(
          stack,
          builtIn.replace("dns_query=", "dns_address=\"" + dns.address() + "\"\n      dns_query="));
      for (String address : ADDRESSES) {
        cluster.start(
            "at-" + address,
            "edge",
            Map.of(
                "MILLRACE_CLUSTER_ADDRESS",
                address,
                "MILLRACE_CLUSTER_PORT",
                Integer.toString(port),
                "MILLRACE_CLUSTER_DISCOVERY",
                "dns",
                "MILLRACE_CLUSTER_DNS",
                NAME,
                "MILLRACE_CLUSTER_STACK",
                stack.toString()));
      }
      for (String address : ADDRESSES) {
        cluster.await(
            "all three at " + address,
            () -> {
              String json = cluster.node("at-" + address).get("/api/v1/cluster").body();
              return ADDRESSES.stream().allMatch(each -> json.contains("at-" + each));
            });
      }
    }
  }
}
