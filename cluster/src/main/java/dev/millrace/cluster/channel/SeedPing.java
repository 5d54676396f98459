package dev.millrace.cluster.channel;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.PhysicalAddress;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.PingData;
import org.jgroups.protocols.PingHeader;
import org.jgroups.protocols.TCPPING;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.NameCache;

/**
 * JGroups' TCPPING where any one seed is enough: a member that is asked by a newcomer also names
 * the coordinator. In TCPPING it names itself only, or with {@code return_entire_cache} everybody
 * in each answer, which a hundred nodes that look for lost ones every few seconds cannot afford.
 *
 * <p>And a member that is asked where others are answers for those it knows. In TCPPING each
 * answers for itself, and whoever has only its seeds cannot ask one that it does not reach: after a
 * merge led by a newcomer, members of one view would not hear of each other.
 *
 * <p>It is in every stack, with or without seeds, so that every node answers those who have some.
 * Named in JGroups XML, which makes it by its constructor.
 */
public final class SeedPing extends TCPPING {
  /** For JGroups, which then sets the attributes. */
  public SeedPing() {
    setId(ClassConfigurator.getProtocolId(TCPPING.class));
  }

  /** TCPPING adds this machine at every seed's port (JGRP-2910); others may live there. */
  @Override
  public void init() throws Exception {
    super.init();
    Set<InetAddress> named = new HashSet<>();
    for (String seed : (initial_hosts_str == null ? "" : initial_hosts_str).split(",", -1)) {
      String host = seed.replaceAll("\\[.*", "").strip();
      if (!host.isEmpty() && !unresolved_hosts.contains(host)) {
        named.addAll(List.of(InetAddress.getAllByName(host)));
      }
    }
    initial_hosts.removeIf(
        host -> host instanceof IpAddress address && !named.contains(address.getIpAddress()));
  }

  @Override
  protected Object handle(PingHeader header, Message message) {
    Object result = super.handle(header, message);
    if (header.type() == PingHeader.GET_MBRS_REQ) {
      if (header.initialDiscovery() && !is_coord) {
        introduce(message.getSrc());
      }
      answerForOthers(message);
    }
    return result;
  }

  /** Tells where the members are that somebody lacks, as far as they are in the view. */
  private void answerForOthers(Message request) {
    List<PingData> asked =
        readPingData(request.getArray(), request.getOffset(), request.getLength());
    View members = view;
    if (asked == null || members == null) {
      return;
    }
    List<PingData> known =
        asked.stream()
            .flatMap(data -> data.mbrs() == null ? Stream.empty() : data.mbrs().stream())
            .filter(member -> !member.equals(local_addr) && members.containsMember(member))
            .flatMap(member -> describe(member, member.equals(current_coord)).stream())
            .toList();
    if (!known.isEmpty()) {
      sendDiscoveryResponse(known, request.getSrc());
    }
  }

  /** Tells the newcomer of the coordinator, and the coordinator where the newcomer is. */
  private void introduce(Address newcomer) {
    Address coordinator = current_coord;
    if (coordinator != null && !coordinator.equals(newcomer)) {
      describe(newcomer, false)
          .ifPresent(data -> sendDiscoveryResponse(List.of(data), coordinator));
      describe(coordinator, true).ifPresent(data -> sendDiscoveryResponse(List.of(data), newcomer));
    }
  }

  private Optional<PingData> describe(Address member, boolean coordinator) {
    Object at = down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, member));
    return at instanceof PhysicalAddress address
        ? Optional.of(
            new PingData(member, coordinator, NameCache.get(member), address).coord(coordinator))
        : Optional.empty();
  }
}
