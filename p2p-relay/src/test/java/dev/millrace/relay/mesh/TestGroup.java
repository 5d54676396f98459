package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.cast.CastWire;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A multicast group of relays: real datagrams, as bytes, of which each receiver loses some, and
 * some receivers hear none.
 */
final class TestGroup {
  private static final SiteKey KEY = FrameExamples.KEY;
  private static final long WAY = Ground.ms(1) / 2;

  private final MeshTime time;
  private final Random random = new Random(11);
  private final Map<Bytes, MeshCast> members = new LinkedHashMap<>();
  private final Map<Bytes, SocketAddress> addresses = new LinkedHashMap<>();

  /** Share of datagrams that each receiver loses. */
  double loss;

  /** Those to whom the network carries none. */
  final Set<Bytes> deaf = new HashSet<>();

  TestGroup(MeshTime time) {
    this.time = time;
  }

  SocketAddress address(Bytes relay) {
    return java.util.Objects.requireNonNull(addresses.get(relay));
  }

  void hears(Bytes relay, MeshCast cast) {
    members.put(relay, cast);
  }

  CastWire join(Bytes relay, BooleanSupplier alive) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000 + addresses.size());
    addresses.put(relay, address);
    return new CastWire() {
      @Override
      public void toGroup(Frame.Cast frame) {
        if (alive.getAsBoolean()) {
          Bytes datagram = FrameWriter.write(frame, KEY);
          members.keySet().forEach(each -> carry(datagram, address, each));
        }
      }

      @Override
      public void to(SocketAddress whom, Frame.Cast frame) {
        Bytes datagram = FrameWriter.write(frame, KEY);
        addresses.forEach(
            (each, at) -> {
              if (at.equals(whom)) {
                carry(datagram, address, each);
              }
            });
      }

      @Override
      public int port() {
        return address.getPort();
      }
    };
  }

  private void carry(Bytes datagram, SocketAddress from, Bytes to) {
    MeshCast cast = members.get(to);
    if (cast != null && !deaf.contains(to) && random.nextDouble() >= loss) {
      Frame.Cast frame = FrameReader.readCast(datagram, id -> KEY);
      time.after(WAY, () -> cast.received(frame, from));
    }
  }
}
