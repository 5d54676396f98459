package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.cast.CastWire;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Multicast of one simulated relay: a datagram takes its uplink once, comes to each other relay in
 * the order of sending behind a time of its own, and is lost there with the scenario's chance.
 */
final class SimulatedWire implements CastWire {
  /** What stands around a symbol: frame, UDP, IP and Ethernet. */
  private static final int SYMBOL_BYTES = 62 + 28 + 38;

  private static final int OTHER_BYTES = 160;

  private final MeshSimulation site;
  private final SimulatedRelay relay;
  private final Map<Bytes, Long> arrives = new HashMap<>();

  SimulatedWire(MeshSimulation site, SimulatedRelay relay) {
    this.site = site;
    this.relay = relay;
  }

  private static SocketAddress address(SimulatedRelay of) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1 + (of.id().u16(0) & 0x7FFF));
  }

  @Override
  public void toGroup(Frame.Cast frame) {
    if (relay.isAlive()) {
      long sent = relay.upload(length(frame));
      site.relays().forEach(other -> carry(frame, other, sent));
    }
  }

  @Override
  public void to(SocketAddress whom, Frame.Cast frame) {
    if (relay.isAlive()) {
      long sent = relay.upload(length(frame));
      site.relays().stream()
          .filter(other -> address(other).equals(whom))
          .forEach(other -> carry(frame, other, sent));
    }
  }

  private static int length(Frame.Cast frame) {
    return switch (frame) {
      case Frame.Symbol symbol -> SYMBOL_BYTES + symbol.data().length();
      case Frame.Probe probe -> OTHER_BYTES + probe.fillBytes();
      default -> OTHER_BYTES;
    };
  }

  private void carry(Frame.Cast frame, SimulatedRelay other, long sent) {
    if (other == relay || site.isLost()) {
      return;
    }
    long at = Math.max(arrives.getOrDefault(other.id(), 0L), sent + site.lan());
    arrives.put(other.id(), at);
    site.time().at(at, () -> arrived(frame, other));
  }

  private void arrived(Frame.Cast frame, SimulatedRelay other) {
    if (other.stalled() > 0) {
      site.time().after(other.stalled(), () -> arrived(frame, other));
    } else if (other.isAlive()) {
      other.cast().ifPresent(cast -> cast.received(frame, address(relay)));
    }
  }

  @Override
  public int port() {
    return 1;
  }
}
