package dev.millrace.server.hosts;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A network device whose frames this process reads and writes: the kernel's TAP, <a
 * href="https://docs.kernel.org/networking/tuntap.html">tuntap</a>. It lives until it is closed,
 * also when it was moved to another namespace.
 *
 * <p>One thread may read while another one writes; both have ended when it is closed.
 */
final class Tap implements AutoCloseable {
  /** The largest Ethernet frame of a device with an MTU of 1500, and a VLAN's tag. */
  private static final int MAX_FRAME = 1518;

  private static final int POLL_MS = 50;

  /** The kernel puts the first number that is free. */
  private static final String NAMES = "mrtap%d";

  // From the kernel's fcntl.h, if_tun.h, if.h and poll.h.
  private static final int O_RDWR = 2;
  private static final long TUNSETIFF = 0x400454caL;
  private static final short IFF_TAP_WITHOUT_HEADER = 0x0002 | 0x1000;
  private static final int IFREQ_BYTES = 40;
  private static final int IFREQ_FLAGS = 16;
  private static final int POLLFD_BYTES = 8;
  private static final int POLLFD_EVENTS = 4;
  private static final short POLLIN = 1;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment incoming = arena.allocate(MAX_FRAME);
  private final MemorySegment outgoing = arena.allocate(MAX_FRAME);
  private final MemorySegment readable = arena.allocate(POLLFD_BYTES, JAVA_INT.byteAlignment());
  private final int descriptor;
  private final String name;

  private Tap(int descriptor, String name) {
    this.descriptor = descriptor;
    this.name = name;
    readable.set(JAVA_INT, 0, descriptor);
    readable.set(JAVA_SHORT, POLLFD_EVENTS, POLLIN);
  }

  /** Makes a device where this process runs, with a name that is free there. */
  static Tap create() {
    int descriptor = Libc.open("/dev/net/tun", O_RDWR);
    if (descriptor < 0) {
      throw new Ip.RefusedException("/dev/net/tun cannot be opened");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ_BYTES, JAVA_SHORT.byteAlignment());
      request.setString(0, NAMES);
      request.set(JAVA_SHORT, IFREQ_FLAGS, IFF_TAP_WITHOUT_HEADER);
      if (Libc.ioctl(descriptor, TUNSETIFF, request) < 0) {
        Libc.close(descriptor);
        throw new Ip.RefusedException("no TAP device");
      }
      return new Tap(descriptor, request.getString(0));
    }
  }

  /** Its name when it was made. */
  String name() {
    return name;
  }

  /** The next frame that leaves through the device; null if none does for a while. */
  @Nullable MemorySegment read() {
    if (Libc.poll(readable, 1, POLL_MS) <= 0) {
      return null;
    }
    long length = Libc.read(descriptor, incoming);
    if (length <= 0) {
      return null;
    }
    return MemorySegment.ofArray(incoming.asSlice(0, length).toArray(JAVA_BYTE));
  }

  /** A frame that comes in through the device; lost while it is down, as on any wire. */
  void write(MemorySegment frame) {
    outgoing.copyFrom(frame);
    Libc.write(descriptor, outgoing.asSlice(0, frame.byteSize()));
  }

  @Override
  public void close() {
    Libc.close(descriptor);
    arena.close();
  }
}
