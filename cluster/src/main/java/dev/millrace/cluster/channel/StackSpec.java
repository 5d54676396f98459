package dev.millrace.cluster.channel;

import java.util.ArrayList;
import java.util.List;

/**
 * The built-in stacks, from the bottom up, with placeholders for what a node's configuration says.
 * The figures are measured (ADR 13).
 */
final class StackSpec {
  private StackSpec() {}

  /** With these ways to find others, each with its placeholders. */
  static List<ProtocolSpec> of(List<Discovery> discovery) {
    List<ProtocolSpec> stack = new ArrayList<>();
    stack.add(transport());
    discovery.stream().map(StackSpec::finding).flatMap(List::stream).forEach(stack::add);
    stack.add(seeds());
    stack.addAll(group());
    return stack;
  }

  /** As a file of JGroups. */
  static String xml(String title, List<ProtocolSpec> stack) {
    StringBuilder text = new StringBuilder("<!--\n");
    title.lines().forEach(line -> text.append("  ").append(line).append('\n'));
    text.append("-->\n<config xmlns=\"urn:org:jgroups\">\n");
    stack.forEach(protocol -> text.append(protocol.xml()));
    return text.append("</config>\n").toString();
  }

  private static ProtocolSpec transport() {
    return ProtocolSpec.of(
        "TCP",
        "TLS is put in by the node, always. A closed connection is a suspicion at once, so"
            + " FD_SOCK2, which listens everywhere, is not needed. One that takes nothing does not"
            + " hold up the others.",
        "bind_addr",
        "${millrace.bind-address}",
        "bind_port",
        "${millrace.port}",
        "port_range",
        "${millrace.port-range}",
        "client_bind_addr",
        "${millrace.bind-address}",
        "enable_suspect_events",
        "true",
        "non_blocking_sends",
        "true",
        "max_send_queue",
        "4096",
        "sock_conn_timeout",
        "1000",
        "peer_addr_read_timeout",
        "2000",
        "tcp_nodelay",
        "true",
        "log_details",
        "false",
        "diag.enabled",
        "false");
  }

  private static ProtocolSpec seeds() {
    return ProtocolSpec.of(
        "dev.millrace.cluster.channel.SeedPing",
        "TCPPING that needs one living seed. Without seeds too: it answers those who have some, and"
            + " remembers whom it knew.",
        "initial_hosts",
        "${millrace.seeds}",
        "port_range",
        "0",
        "async_discovery_use_separate_thread_per_request",
        "true");
  }

  private static List<ProtocolSpec> finding(Discovery discovery) {
    return switch (discovery) {
      case Discovery.Multicast() ->
          List.of(
              ProtocolSpec.of(
                  "MPING",
                  "Asks by multicast, on an address that is made of the cluster's name; answers"
                      + " come by TCP.",
                  "bind_addr",
                  "${millrace.bind-address}",
                  "mcast_addr",
                  "${millrace.multicast-address}",
                  "mcast_port",
                  "7555",
                  "ip_ttl",
                  "2"));
      case Discovery.Seeds seeds -> List.of();
      case Discovery.Dns dns ->
          List.of(
              ProtocolSpec.of(
                  "dns.DNS_PING",
                  "Asks all addresses that the name has, at the node's own port.",
                  "dns_query",
                  "${millrace.dns-name}",
                  "async_discovery_use_separate_thread_per_request",
                  "true"));
      case Discovery.SharedFolder folder ->
          List.of(
              ProtocolSpec.of(
                  "FILE_PING",
                  "The coordinator keeps a file of the members in the folder.",
                  "location",
                  "${millrace.folder}",
                  "remove_all_data_on_view_change",
                  "true",
                  "write_data_on_find",
                  "true",
                  "register_shutdown_hook",
                  "false"));
      case Discovery.Kubernetes kubernetes ->
          List.of(
              ProtocolSpec.of(
                  "org.jgroups.protocols.kubernetes.KUBE_PING",
                  "Asks the API of Kubernetes for the pods; jgroups-kubernetes must be on the class"
                      + " path.",
                  "namespace",
                  "${millrace.kubernetes-namespace}",
                  "labels",
                  "${millrace.kubernetes-labels}"));
    };
  }

  private static List<ProtocolSpec> group() {
    return List.of(
        ProtocolSpec.of(
            "MERGE3",
            "Groups that lost each other look for each other this often.",
            "min_interval",
            "1000",
            "max_interval",
            "3000"),
        ProtocolSpec.of(
            "FD_ALL3",
            "For processes that hang: gone after 6 to 7 s of silence. Shorter suspects a pause of"
                + " the garbage collector.",
            "timeout",
            "6000",
            "interval",
            "750"),
        ProtocolSpec.of("VERIFY_SUSPECT2", "The suspected is asked once more.", "timeout", "500"),
        ProtocolSpec.of("pbcast.NAKACK2", "", "use_mcast_xmit", "false", "xmit_interval", "200"),
        ProtocolSpec.of("UNICAST3", "", "xmit_interval", "200"),
        ProtocolSpec.of("pbcast.STABLE", "", "desired_avg_gossip", "10000", "max_bytes", "2000000"),
        ProtocolSpec.of(
            "pbcast.GMS",
            "The node puts its admission below this: the secret, the protocol, the clock and the"
                + " name are looked at before anyone joins or merges.",
            "join_timeout",
            "${millrace.join-timeout}",
            "max_join_attempts",
            "5",
            "leave_timeout",
            "1000",
            "view_ack_collection_timeout",
            "1000",
            "merge_timeout",
            "3000",
            "print_local_addr",
            "false",
            "log_view_warnings",
            "false"),
        ProtocolSpec.of(
            "UFC",
            "How much may be on the way to a member that takes nothing.",
            "max_credits",
            "2000000",
            "min_threshold",
            "0.4",
            "max_block_time",
            "500"),
        ProtocolSpec.of(
            "MFC", "", "max_credits", "2000000", "min_threshold", "0.4", "max_block_time", "500"),
        ProtocolSpec.of("FRAG2", "", "frag_size", "60000"));
  }
}
