package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.cast.CastSettings;
import dev.millrace.relay.mesh.cast.CastSnapshot;
import dev.millrace.relay.mesh.cast.CastWire;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * For a fuzzer: whatever a member of the site sends to the group, a relay neither fails nor asks
 * for more than it may. The input is datagrams without their seals, each behind its length in two
 * bytes; a length's highest bit says that it comes from another address.
 */
public final class MeshCastFuzz {
  private static final SiteKey KEY = FrameExamples.KEY;
  private static final PartName.Track TRACK =
      new PartName.Track(new StreamPath("live", "alice"), "720p");
  private static final int MAX_DATAGRAMS = 200;
  private static final int MAX_NACKS_A_PART = 20 * 2;

  private MeshCastFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    Relay relay = new Relay();
    Bytes all = Bytes.wrap(input);
    int at = 0;
    for (int count = 0; count < MAX_DATAGRAMS && at + 2 <= all.length(); count++) {
      int head = all.u16(at);
      int length = Math.min(head & 0x7FFF, all.length() - at - 2);
      Bytes bare = all.slice(at + 2, length);
      relay.hear(Bytes.concat(List.of(bare, KEY.trailer(bare))), head >> 15);
      at += 2 + length;
    }
    relay.pass(500);
    CastSnapshot done = relay.cast.snapshot();
    if (relay.nacks > MAX_NACKS_A_PART || done.nacksOut() != relay.nacks) {
      throw new AssertionError(relay.nacks + " NACKs: " + done);
    }
    if (done.partsIn() > 0) {
      throw new AssertionError("no part is what the log says: " + done);
    }
  }

  /** A relay for which two parts are signed, and which sends a third. */
  private static final class Relay implements MeshTime, Multicast.Host, CastWire {
    private record Task(long at, long number, Runnable what) {}

    private final PriorityQueue<Task> tasks =
        new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private long numbers;
    private final MeshCast cast;
    private long now;
    private int nacks;

    Relay() {
      cast = new MeshCast(new CastSettings(SiteRelay.idOf("b"), 300), this, new Random(3), this);
      cast.begin(this);
      for (int size : new int[] {20_000, 250_000}) {
        LogPosition at = size == 20_000 ? FrameExamples.AT : new LogPosition(1, 2, 3);
        cast.expect(new PartName(TRACK, at), size, 300_000_000);
      }
      Bytes part = Bytes.wrap(new byte[5000]);
      cast.send(new PartName(TRACK, new LogPosition(1, 2, 4)), part, 600_000_000);
    }

    void hear(Bytes datagram, int address) {
      try {
        Frame.Cast frame = FrameReader.readCast(datagram, id -> id == KEY.id() ? KEY : null);
        cast.received(frame, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1 + address));
      } catch (ProtocolException refused) {
        // It says what is wrong.
      }
      pass(1);
    }

    void pass(int millis) {
      long until = now + millis * 1_000_000L;
      while (!tasks.isEmpty() && tasks.element().at() <= until) {
        Task task = tasks.remove();
        now = task.at();
        task.what().run();
      }
      now = until;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void after(long nanos, Runnable task) {
      if (nanos < 0) {
        throw new AssertionError("into the past");
      }
      tasks.add(new Task(now + nanos, numbers++, task));
    }

    @Override
    public void execute(Runnable task) {
      after(0, task);
    }

    @Override
    public List<PartName.Track> fed() {
      return List.of(TRACK);
    }

    @Override
    public int listeners() {
      return 1;
    }

    @Override
    public boolean mayFeed(Bytes relay, PartName.Track track) {
      return true;
    }

    @Override
    public void coming(PartName part) {}

    @Override
    public boolean decoded(PartName part, Bytes bytes) {
      return false;
    }

    @Override
    public void heardChanged() {}

    @Override
    public int roundTripMs(Bytes relay) {
      return 1;
    }

    @Override
    public void toGroup(Frame.Cast frame) {
      FrameWriter.write(frame, KEY);
    }

    @Override
    public void to(SocketAddress relay, Frame.Cast frame) {
      FrameWriter.write(frame, KEY);
      nacks++;
    }

    @Override
    public int port() {
      return 9;
    }
  }
}
