package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells receivers of a channel that is to a group (RFC 2974), from the channel's interface and with
 * its TTL. Any thread; the monitor guards the socket.
 */
final class SapAnnouncement implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SapAnnouncement.class);

  private static final int PORT = 9875;

  private final SapPacket packet;
  private final Optional<UdpWire> wire;

  SapAnnouncement(IptvChannel channel, Optional<InetAddress> source, long id) {
    InetAddress origin = source.orElseGet(InetAddress::getLoopbackAddress);
    String description = SessionDescription.of(channel, origin, id & 0xFFFF_FFFFL, 1);
    packet = new SapPacket(false, (int) id & 0xFFFF, origin, description);
    wire = open(channel);
  }

  /** RFC 2974 §3: the group of the scope that the channel's own group is of. */
  private static Optional<UdpWire> open(IptvChannel channel) {
    try {
      byte[] group = channel.to().getAddress().getAddress();
      String sap =
          group.length == 16
              ? "ff0" + Integer.toHexString(group[1] & 0xF) + "::2:7ffe"
              : (group[0] & 0xFF) == 239 ? "239.255.255.255" : "224.2.127.254";
      return Optional.of(
          UdpWire.open(
              new IptvChannel(
                  channel.name(),
                  channel.stream(),
                  "",
                  "",
                  new InetSocketAddress(InetAddress.getByName(sap), PORT),
                  false,
                  0,
                  FecProfile.NONE,
                  channel.networkInterface(),
                  Optional.empty(),
                  channel.ttl(),
                  0,
                  channel.loopback(),
                  0)));
    } catch (IOException e) {
      log.warn("iptv {}: is not announced: {}", channel.name(), e.toString());
      return Optional.empty();
    }
  }

  synchronized void announce() {
    send(packet.write());
  }

  private void send(Bytes datagram) {
    wire.ifPresent(
        to -> {
          try {
            to.send(0, datagram);
          } catch (IOException e) {
            log.debug("SAP: {}", e.toString());
          }
        });
  }

  @Override
  public synchronized void close() {
    SapPacket over = new SapPacket(true, packet.hash(), packet.origin(), packet.description());
    send(over.write());
    wire.ifPresent(UdpWire::close);
  }
}
