package dev.millrace.relay.swarm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells pages their address, by UDP (RFC 8489). Answers are hardly longer than requests and are
 * limited for each address, so nobody gains by asking in another's name. {@link #run} needs a
 * thread of its own; everything else any thread.
 */
public final class StunServer implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StunServer.class);

  /** A page asks some ten times when it begins; many may be behind one address. */
  private static final int ANSWERS_A_SECOND = 200;

  private static final long SECOND = 1_000_000_000;

  /** Addresses share a slot by chance; none gets more than its share by it. */
  private static final int SLOTS = 1 << 12;

  private final DatagramChannel channel;
  private final LongSupplier nanoTime;
  private final LongAdder answered = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final int[] taken = new int[SLOTS];
  private long secondBegan;

  private StunServer(DatagramChannel channel, LongSupplier nanoTime) {
    this.channel = channel;
    this.nanoTime = nanoTime;
    this.secondBegan = nanoTime.getAsLong();
  }

  /**
   * Listens; {@link #run} answers.
   *
   * @param at port 0: any free one
   * @throws IOException if the address is taken
   */
  public static StunServer bind(InetSocketAddress at, LongSupplier nanoTime) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    try {
      channel.bind(at);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return new StunServer(channel, nanoTime);
  }

  /** Where it listens. */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) channel.getLocalAddress();
  }

  /** Requests answered so far. */
  public long answered() {
    return answered.sum();
  }

  /** Datagrams that were no requests, or too many of one address. */
  public long dropped() {
    return dropped.sum();
  }

  /** Answers until this is closed. */
  @Override
  public void run() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(StunMessage.LONGEST_REQUEST + 1);
    while (channel.isOpen()) {
      try {
        answer(datagram.clear());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        dropped.increment(); // that one could not be reached
        log.debug("no answer by STUN", e);
      }
    }
  }

  private void answer(ByteBuffer datagram) throws IOException {
    InetSocketAddress from = (InetSocketAddress) channel.receive(datagram);
    Optional<ByteBuffer> answer =
        isWithinLimit(from.getAddress())
            ? StunMessage.answer(datagram.flip(), from)
            : Optional.empty();
    if (answer.isPresent()) {
      channel.send(answer.get(), from);
      answered.increment();
    } else {
      dropped.increment();
    }
  }

  private boolean isWithinLimit(InetAddress from) {
    long now = nanoTime.getAsLong();
    if (now - secondBegan >= SECOND) {
      secondBegan = now;
      Arrays.fill(taken, 0);
    }
    int slot = Arrays.hashCode(from.getAddress()) & SLOTS - 1;
    return ++taken[slot] <= ANSWERS_A_SECOND;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing", e);
    }
  }
}
