package dev.millrace.server.hosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hosts with addresses of their own on one Linux machine, in one network of two halves that can be
 * cut and healed. The process that makes them reaches every host at all times.
 *
 * <pre>
 *   this process:       10.77.N.1         10.77.N.129
 *                           │                 │
 *         a1: .2 ──┐   ┌────┴───┐  trunk  ┌───┴────┐   ┌── b1: .130
 *                  ├───┤ half A ├────x────┤ half B ├───┤
 *         a2: .3 ──┘   └────────┘         └────────┘   └── b2: .131
 * </pre>
 *
 * <p>Each host is a network namespace, each half a bridge; both bridges are in a further namespace,
 * where no firewall of the machine sees what they forward. Broadcast and multicast pass. What a cut
 * trunk does not carry vanishes without an answer, as behind a cable that was pulled.
 *
 * <p>Needs Linux and root. Not for use by several threads.
 */
public final class VirtualHosts implements AutoCloseable {
  private static final Path LOCK =
      Path.of(System.getProperty("java.io.tmpdir"), "millrace-virtual-hosts.lock");
  private static final String TRUNK = "trunk-";

  private static final String BRIDGE = "half-";

  // Where an Ethernet frame has its sender.
  private static final int SOURCE = 6;
  private static final int SOURCE_END = 12;

  private final Namespaces namespaces;
  private final Subnet subnet;
  private final String switches;
  private final List<VirtualHost> hosts = new ArrayList<>();
  private @Nullable SlowWire slowWire;
  private int taps;
  private final Map<VirtualHost, SlowWire> lossyWires = new HashMap<>();

  private VirtualHosts(Namespaces namespaces, Subnet subnet) {
    this.namespaces = namespaces;
    this.subnet = subnet;
    this.switches = namespaces.namespace("switches");
  }

  /** Why this machine cannot have virtual hosts; empty where it can. */
  public static Optional<String> obstacle() {
    return missingProgram().or(() -> Kernel.REFUSAL);
  }

  /** Whether hosts speak IPv6 beside IPv4: not where this machine has it turned off. */
  public static boolean hasIpv6() {
    return Ip.hasIpv6();
  }

  /** The part of {@link #obstacle} that an installation mends; empty if nothing is missing. */
  static Optional<String> missingProgram() {
    return Ip.missing().map(what -> "needs " + what);
  }

  /**
   * A network without hosts; to be closed. What processes left that ended without closing theirs is
   * removed first.
   *
   * @throws IllegalStateException if the machine cannot have it; {@link #obstacle} tells before
   */
  public static synchronized VirtualHosts create() {
    // Two processes at once would find the same subnet free.
    try (FileChannel channel =
            FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assert lock.isValid();
      Namespaces.sweep();
      VirtualHosts network = new VirtualHosts(new Namespaces(), Subnet.free());
      try {
        network.build();
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
      return network;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void build() {
    Ip.run("netns add " + switches);
    for (Half half : Half.values()) {
      addBridge(bridge(half));
      connectTester(half);
    }
    Ip.in(switches, "link add " + trunk(Half.A) + " type veth peer name " + trunk(Half.B));
    for (Half half : Half.values()) {
      plugIn(trunk(half), bridge(half));
    }
  }

  private void connectTester(Half half) {
    String device = namespaces.device(half);
    String plug = "tester-" + half.letter();
    Ip.run("link add %s type veth peer name %s netns %s".formatted(device, plug, switches));
    plugIn(plug, bridge(half));
    Ip.run("link set %s address %s".formatted(device, subnet.testerHardware(half)));
    Ip.run("addr add %s/25 dev %s".formatted(subnet.tester(half), device));
    Ip.run("link set " + device + " addrgenmode none up");
  }

  private void addBridge(String bridge) {
    // Snooping would hold multicast back until a querier asks, and there is none.
    Ip.in(switches, "link add " + bridge + " type bridge mcast_snooping 0 stp_state 0");
    Ip.in(switches, "link set " + bridge + " addrgenmode none up");
  }

  private void plugIn(String plug, String bridge) {
    Ip.in(switches, "link set %s master %s addrgenmode none up".formatted(plug, bridge));
  }

  /**
   * A further host, with the next free address of the half and the next name, such as {@code b2}.
   */
  public VirtualHost add(Half half) {
    int index = 1 + (int) hosts.stream().filter(host -> host.half() == half).count();
    String name = half.letter() + index;
    String namespace = namespaces.namespace(name);
    VirtualHost host =
        new VirtualHost(name, half, subnet.address(half.testerNumber() + index), namespace);
    Ip.run("netns add " + namespace);
    hosts.add(host);
    String plug = plug(host);
    String device = VirtualHost.INTERFACE;
    Ip.in(
        switches, "link add %s type veth peer name %s netns %s".formatted(plug, device, namespace));
    plugIn(plug, bridge(half));
    Ip.in(namespace, "link set lo up");
    Ip.in(namespace, "addr add %s/24 dev %s".formatted(host.address(), device));
    if (hasIpv6()) {
      // What multicast needs: an address to send from.
      String number = host.address().substring(host.address().lastIndexOf('.') + 1);
      Ip.in(namespace, "addr add fd77::%s/64 dev %s nodad".formatted(number, device));
    }
    Ip.in(namespace, "link set " + device + " addrgenmode none up");
    Ip.in(namespace, "route add 224.0.0.0/4 dev " + device);
    for (Half side : Half.values()) {
      // The machine would answer for either of its addresses in both halves, and the wrong answer
      // would be of no use once the trunk is cut.
      Ip.in(
          namespace,
          "neigh replace %s lladdr %s dev %s nud permanent"
              .formatted(subnet.tester(side), subnet.testerHardware(side), device));
    }
    return host;
  }

  /** Where this process is found by the hosts of a half, also while the network is cut. */
  public String testerAddress(Half half) {
    return subnet.tester(half);
  }

  /** All hosts, in the order of their making. */
  public List<VirtualHost> hosts() {
    return List.copyOf(hosts);
  }

  /** Parts the halves: from now on nothing passes between them, and nobody is told. */
  public void cut() {
    endSlowWire();
    // At once in both directions; a link that is taken down is used again a second after it is up.
    Ip.in(switches, "link set " + trunk(Half.A) + " nomaster");
  }

  /** Joins the halves again. */
  public void heal() {
    endSlowWire();
    plugIn(trunk(Half.A), bridge(Half.A));
  }

  /**
   * Makes the way between the halves slow and lossy. The frames then pass through this process, so
   * figures below a millisecond mean nothing. Ends with the next {@link #cut} or {@link #heal}.
   *
   * @param delay of each frame, one way
   * @param loss the part of all frames that never arrive, 0 to 1
   * @param seed decides which ones
   */
  public void slow(Duration delay, double loss, long seed) {
    cut();
    slowWire = new SlowWire(tap(bridge(Half.A)), tap(bridge(Half.B)), delay, frame -> false, seed);
    slowWire.lose(Loss.random(loss), Loss.random(loss));
  }

  /**
   * Loses from now on some of what comes to a host, but nothing that this process sends: who looks
   * on comes by a line of its own. What the host sends is not lost. Its frames then pass through
   * this process, without a delay beyond that.
   *
   * @param seed decides which frames; that of the first call for the host counts
   */
  public void lose(VirtualHost host, Loss loss, long seed) {
    lossyWires.computeIfAbsent(host, it -> wire(it, seed)).lose(loss, Loss.NONE);
  }

  /** From the host, {@code a}, to its half. */
  private SlowWire wire(VirtualHost host, long seed) {
    String line = "line-" + host.name();
    addBridge(line);
    Tap near = tap(line);
    Tap far = tap(bridge(host.half()));
    plugIn(plug(host), line);
    return new SlowWire(near, far, Duration.ZERO, sentByTester(), seed);
  }

  private Predicate<MemorySegment> sentByTester() {
    List<MemorySegment> own =
        Stream.of(Half.values())
            .map(half -> HexFormat.ofDelimiter(":").parseHex(subnet.testerHardware(half)))
            .map(MemorySegment::ofArray)
            .toList();
    return frame ->
        own.stream()
            .anyMatch(
                each ->
                    MemorySegment.mismatch(frame, SOURCE, SOURCE_END, each, 0, SOURCE_END - SOURCE)
                        < 0);
  }

  /** A device whose frames this process carries, plugged in a bridge. */
  private Tap tap(String bridge) {
    Tap tap = Tap.create();
    String name = "wire-" + ++taps;
    Ip.run("link set %s netns %s name %s".formatted(tap.name(), switches, name));
    plugIn(name, bridge);
    return tap;
  }

  private void endSlowWire() {
    SlowWire wire = slowWire;
    slowWire = null;
    if (wire != null) {
      wire.close();
    }
  }

  /** Removes the network, and kills what still runs in its hosts. */
  @Override
  public void close() {
    endSlowWire();
    lossyWires.values().forEach(SlowWire::close);
    lossyWires.clear();
    namespaces.remove();
    hosts.clear();
  }

  private static String bridge(Half half) {
    return BRIDGE + half.letter();
  }

  private static String plug(VirtualHost host) {
    return "host-" + host.name();
  }

  private static String trunk(Half half) {
    return TRUNK + half.letter();
  }

  /** Asked once for each process, and only where the programs are there. */
  private static final class Kernel {
    static final Optional<String> REFUSAL = probe();

    private static Optional<String> probe() {
      try (VirtualHosts network = create()) {
        network.add(Half.A);
        return Optional.empty();
      } catch (Ip.RefusedException e) {
        return Optional.of("the kernel refuses them: " + e.getMessage());
      }
    }
  }
}
