package dev.millrace.server.e2e;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.PesPacket;
import dev.millrace.media.ts.TsReader;
import dev.millrace.relay.iptv.RtpReceiver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A receiver of a channel on the loopback interface: media by the clock, with some of it lost on
 * purpose, parity, repair, and what comes out of it.
 */
final class GroupReceiver implements TsReader.Listener, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 21;

  /** When a PCR arrived and what it said. */
  private record Clock(long nanos, long pcr) {}

  private final List<DatagramChannel> sockets = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Random random = new Random(2022);
  private final double loss;
  private final ByteArrayOutputStream repaired = new ByteArrayOutputStream();
  private final List<Long> arrivals = new ArrayList<>();
  private final List<Clock> clocks = new ArrayList<>();

  /** Guards all of the receivers, which have one thread each port. */
  private final Object lock = new Object();

  private final TsReader arriving = new TsReader(this, 1 << 22);
  private final RtpReceiver receiver = new RtpReceiver(this::repaired, () -> {});
  private long now;
  private int dropped;
  private int pictures;

  GroupReceiver(InetAddress group, int port, double loss) throws IOException {
    this.loss = loss;
    listen(group, port, this::media);
    listen(group, port + 2, datagram -> receiver.parity(datagram));
    listen(group, port + 4, datagram -> receiver.parity(datagram));
  }

  private interface Taker {
    void take(Bytes datagram);
  }

  private void listen(InetAddress group, int port, Taker taker) throws IOException {
    DatagramChannel socket = DatagramChannel.open(StandardProtocolFamily.INET);
    sockets.add(socket);
    socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
    socket.bind(new InetSocketAddress(group, port));
    socket.join(group, NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
    Thread thread = Thread.ofPlatform().name("group " + port).start(() -> read(socket, taker));
    threads.add(thread);
  }

  private void read(DatagramChannel socket, Taker taker) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
    try {
      while (true) {
        socket.receive(buffer.clear());
        long nanos = System.nanoTime();
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        synchronized (lock) {
          now = nanos;
          taker.take(Bytes.wrap(bytes));
        }
      }
    } catch (IOException closed) {
      // the end of the test
    }
  }

  private void media(Bytes datagram) {
    arrivals.add(now);
    arriving.read(datagram.slice(12));
    if (random.nextDouble() < loss) {
      dropped++;
    } else {
      receiver.media(datagram);
    }
  }

  private void repaired(Bytes payload) {
    try {
      payload.writeTo(repaired);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void pes(int pid, PesPacket packet, boolean randomAccess) {
    pictures += packet.streamId() >= 0xE0 ? 1 : 0;
  }

  @Override
  public void pcr(long pcr, long packet, boolean discontinuity) {
    clocks.add(new Clock(now, pcr));
  }

  /** Pictures that arrived, before any loss. */
  int pictures() {
    synchronized (lock) {
      return pictures;
    }
  }

  int datagrams() {
    synchronized (lock) {
      return arrivals.size();
    }
  }

  /** What was dropped on purpose, what parity brought back, what is missing for good. */
  record Repair(int dropped, long recovered, long lost, long continuityErrors) {}

  Repair repair() {
    synchronized (lock) {
      TsReader whole = new TsReader((pid, packet, randomAccess) -> {}, 1 << 22);
      whole.read(Bytes.wrap(repaired.toByteArray()));
      return new Repair(
          dropped,
          receiver.counters().recovered(),
          receiver.counters().lost(),
          whole.faults().continuity());
    }
  }

  /** The transport stream after repair. */
  byte[] stream() {
    synchronized (lock) {
      return repaired.toByteArray();
    }
  }

  /**
   * PCR against arrival, milliseconds.
   *
   * @param spread99 between the 1st and the 99th of a hundred
   * @param spread between the earliest and the latest
   * @param densest datagrams within 5 ms
   * @param longestGap between two datagrams
   */
  record Jitter(double spread99, double spread, int densest, double longestGap) {}

  Jitter jitter() {
    synchronized (lock) {
      List<Double> late = new ArrayList<>();
      Clock first = clocks.getFirst();
      for (Clock each : clocks) {
        late.add((each.nanos() - first.nanos()) / 1e6 - (each.pcr() - first.pcr()) / 27e3);
      }
      Collections.sort(late);
      double spread99 = late.get(late.size() * 99 / 100) - late.get(late.size() / 100);
      int densest = 0;
      int from = 0;
      double gap = 0;
      for (int i = 0; i < arrivals.size(); i++) {
        while (arrivals.get(i) - arrivals.get(from) > 5_000_000) {
          from++;
        }
        densest = Math.max(densest, i - from + 1);
        gap = i == 0 ? 0 : Math.max(gap, (arrivals.get(i) - arrivals.get(i - 1)) / 1e6);
      }
      return new Jitter(spread99, late.getLast() - late.getFirst(), densest, gap);
    }
  }

  @Override
  public void close() {
    for (DatagramChannel socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    for (Thread thread : threads) {
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
