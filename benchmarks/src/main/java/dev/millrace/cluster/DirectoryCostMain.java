package dev.millrace.cluster;

import dev.millrace.cluster.channel.MemberId;
import dev.millrace.cluster.placement.Copies;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * What one node's directory costs: memory for a thousand entries (a stream held by an ingest and
 * two origins is three), and the time of a message, a view, a look-up and a decision about all
 * copies. What depends on it: whether snapshots for every message and decisions every second are
 * cheap enough at 10,000 streams ({@code docs/scale.md}). Arguments: streams, nodes.
 */
public final class DirectoryCostMain {
  private static final int REPEATS = 2000;

  private DirectoryCostMain() {}

  public static void main(String[] args) {
    int streams = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int nodes = args.length > 1 ? Integer.parseInt(args[1]) : 30;
    Random random = new Random(1);
    List<List<Holding>> byNode = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      byNode.add(new ArrayList<>());
    }
    for (int i = 0; i < streams; i++) {
      String path = "live/channel-%05d".formatted(i);
      int first = random.nextInt(nodes);
      for (int part = 0; part < 3; part++) {
        byNode
            .get((first + part) % nodes)
            .add(
                new Holding(
                    StreamPath.parse(path),
                    part == 0 ? Holding.Kind.INGEST : Holding.Kind.ORIGIN,
                    Holding.State.LIVE,
                    1_764_000_000_000L << 10 | i,
                    part == 0 ? "key-" + i : ""));
      }
    }
    List<List<Bytes>> sections = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      Directory one = new Directory(node(i));
      byNode.get(i).forEach(one::hold);
      sections.add(MessageWriter.section(one.own()));
    }
    byNode.clear();
    long wire = sections.stream().flatMap(List::stream).mapToLong(Bytes::length).sum();
    long before = used();
    Directory directory = new Directory(node(nodes));
    Inbox inbox = new Inbox(directory);
    Set<MemberId> members = new HashSet<>();
    for (int i = 0; i < nodes; i++) {
      members.add(member(i));
    }
    directory.group(members, null);
    inbox.group(members, 0);
    long begin = cpu();
    for (int i = 0; i < nodes; i++) {
      for (Bytes bytes : sections.get(i)) {
        if (MessageReader.read(bytes) instanceof Message.Piece piece) {
          inbox.piece(member(i), piece, 0);
        }
      }
    }
    long filled = cpu() - begin;
    long entries = 3L * streams;
    long heap = used() - before;
    System.out.printf(
        "%d streams, %d nodes, %d entries: %.0f kB of heap for a thousand entries, %.1f kB on the"
            + " wire; all sections read in %.1f ms%n",
        streams,
        nodes,
        entries,
        heap / 1000.0 / (entries / 1000.0),
        wire / 1000.0 / (entries / 1000.0),
        filled / 1e6);
    for (int round = 0; round < 5; round++) {
      times(directory, inbox, streams, nodes);
    }
  }

  private static void times(Directory directory, Inbox inbox, int streams, int nodes) {
    Random random = new Random(2);
    long begin = cpu();
    for (int i = 0; i < REPEATS; i++) {
      int from = random.nextInt(nodes);
      Section section = directory.known(member(from));
      if (section == null) {
        throw new AssertionError(from);
      }
      Holding changed =
          new Holding(
              new StreamPath("live", "channel-%05d".formatted(random.nextInt(streams))),
              Holding.Kind.INGEST,
              Holding.State.AWAY,
              i,
              "key");
      Bytes bytes =
          MessageWriter.changes(section.version(), null, null, List.of(changed), List.of())
              .getFirst();
      if (MessageReader.read(bytes) instanceof Message.Changed(Delta delta)) {
        inbox.changed(member(from), delta, 0);
      }
      directory.view();
    }
    double message = (cpu() - begin) / 1e3 / REPEATS;
    ClusterView view = directory.view();
    begin = cpu();
    long held = 0;
    for (StreamPath path : view.streams()) {
      held += view.holders(path).size();
    }
    double lookUp = (cpu() - begin) / 1e3 / view.streams().size();
    Copies copies = new Copies();
    copies.toKeep(view, Placement.STANDARD, 0);
    begin = cpu();
    for (int i = 0; i < 10; i++) {
      held += copies.toKeep(view, Placement.STANDARD, i).size();
    }
    double keep = (cpu() - begin) / 1e7;
    System.out.printf(
        "a change written, read, laid on and viewed %.1f us; holders of a stream %.2f us;"
            + " copies to keep of all %.1f ms (%d)%n",
        message, lookUp, keep, held);
  }

  private static NodeInfo node(int number) {
    return new NodeInfo(
        "%010x".formatted(number),
        "origin-" + number,
        Set.of(NodeRole.INGEST, NodeRole.ORIGIN),
        "1.0.0",
        1,
        new NodeAddresses(
            URI.create("https://10.0.0.%d:7443".formatted(number % 250)),
            Optional.empty(),
            Optional.empty()),
        NodeLoad.UNKNOWN,
        false,
        Instant.ofEpochMilli(1_764_000_000_000L));
  }

  private static MemberId member(int number) {
    return new MemberId("member-" + number);
  }

  /** This thread's time on a processor, so that a busy machine does not count; nanoseconds. */
  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
