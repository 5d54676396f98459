package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameReader;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.Multicast;
import dev.millrace.relay.mesh.PartName;
import dev.millrace.relay.mesh.SiteKey;
import dev.millrace.relay.mesh.SiteRelay;
import dev.millrace.relay.mesh.VirtualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * Relays that hear each other by multicast, in a time of the test's own: real datagrams, as bytes,
 * over a network that loses, delays and repeats as the test says. The first one feeds.
 */
final class CastSite extends VirtualTime {
  static final PartName.Track TRACK = new PartName.Track(new StreamPath("live", "alice"), "720p");
  static final SiteKey KEY = new SiteKey(7, Bytes.wrap(new byte[32]));
  static final long MS = 1_000_000;

  final Random random;
  final List<Member> members = new ArrayList<>();

  /** Share of datagrams that each receiver loses. */
  double loss;

  /** How long a datagram takes; a negative time loses it. */
  ToLongFunction<Frame.Cast> way = frame -> MS / 2;

  /** What becomes of a frame of a sender. */
  UnaryOperator<Frame.Cast> conduct = frame -> frame;

  CastSite(int count, long seed) {
    random = new Random(seed);
    for (int i = 0; i < count; i++) {
      members.add(new Member(i));
    }
    members.forEach(member -> member.cast.begin(member));
  }

  Member feeder() {
    return members.getFirst();
  }

  List<Member> listeners() {
    return members.subList(1, members.size());
  }

  static PartName part(int number) {
    return new PartName(TRACK, new LogPosition(1, 700, number));
  }

  Bytes content(int sizeBytes) {
    byte[] content = new byte[sizeBytes];
    random.nextBytes(content);
    return Bytes.wrap(content);
  }

  /** A part goes to all, who know of it; when the last listener had it, ms behind; -1 if not. */
  double share(int number, int sizeBytes) {
    long since = nanoTime();
    Bytes bytes = content(sizeBytes);
    PartName part = part(number);
    for (Member member : listeners()) {
      member.due.put(part, bytes);
      member.cast.expect(part, sizeBytes, nanoTime() + 300 * MS);
    }
    feeder().cast.send(part, bytes, nanoTime() + 600 * MS);
    passMs(333);
    long last = 0;
    for (Member member : listeners()) {
      Long came = member.cameAt.get(part);
      if (came == null) {
        return -1;
      }
      last = Math.max(last, came - since);
    }
    return last / 1e6;
  }

  /** A relay with its host and its wire. */
  final class Member implements Multicast.Host, CastWire {
    final Bytes id;
    final SocketAddress address;
    final MeshCast cast;
    final List<Frame.Cast> said = new ArrayList<>();
    final Map<PartName, Bytes> due = new HashMap<>();
    final Map<PartName, Long> cameAt = new HashMap<>();
    final List<PartName.Track> feeds = new ArrayList<>();
    int listening;
    int changes;

    Member(int number) {
      id = SiteRelay.idOf("relay " + number);
      address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7000 + number);
      cast = new MeshCast(new CastSettings(id, 300), CastSite.this, new Random(number + 100), this);
    }

    boolean hears(Member other) {
      return cast.hears(other.id, TRACK);
    }

    void hear(Bytes datagram, SocketAddress from) {
      cast.received(FrameReader.readCast(datagram, key -> key == KEY.id() ? KEY : null), from);
    }

    @Override
    public void toGroup(Frame.Cast frame) {
      said.add(frame);
      Bytes datagram = FrameWriter.write(conduct.apply(frame), KEY);
      members.forEach(member -> carry(frame, datagram, member));
    }

    @Override
    public void to(SocketAddress relay, Frame.Cast frame) {
      said.add(frame);
      Bytes datagram = FrameWriter.write(frame, KEY);
      members.stream()
          .filter(member -> member.address.equals(relay))
          .forEach(member -> carry(frame, datagram, member));
    }

    private void carry(Frame.Cast frame, Bytes datagram, Member to) {
      long takes = way.applyAsLong(frame);
      if (takes >= 0 && (to == this || random.nextDouble() >= loss)) {
        after(takes, () -> to.hear(datagram, address));
      }
    }

    @Override
    public int port() {
      return ((InetSocketAddress) address).getPort();
    }

    @Override
    public List<PartName.Track> fed() {
      return feeds;
    }

    @Override
    public int listeners() {
      return listening;
    }

    @Override
    public boolean mayFeed(Bytes relay, PartName.Track track) {
      return relay.equals(feeder().id);
    }

    @Override
    public void coming(PartName part) {}

    @Override
    public boolean decoded(PartName part, Bytes bytes) {
      boolean fits = bytes.equals(due.getOrDefault(part, Bytes.EMPTY));
      if (fits) {
        cameAt.put(part, nanoTime());
      }
      return fits;
    }

    @Override
    public void heardChanged() {
      changes++;
    }

    @Override
    public int roundTripMs(Bytes relay) {
      return 1;
    }
  }
}
