package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Viewers of the classic view who share segments with each other: what pages are told, and the
 * tracker that introduces them. Called on event loops: nothing here may block.
 *
 * @param isOn whether this edge has all that; else nobody asks the others
 * @param sharing what a page of a stream is told; empty where its viewer may not share
 * @param tracker takes connections
 * @param facts for operators
 */
public record EdgeSwarm(
    boolean isOn,
    BiFunction<StreamPath, InetAddress, Optional<Sharing>> sharing,
    TrackerHook tracker,
    Supplier<Facts> facts) {

  /**
   * What a page needs.
   *
   * @param classicView whether its viewer gets the classic view unasked
   * @param swarm whom it shares with: viewers of this stream at the same site
   * @param site empty where there are no sites
   * @param token lets it into the swarm, from the network that it asked from
   * @param trackers edges whose trackers know the swarm, the first one first: {@code http} or
   *     {@code https} URLs without a path; empty: this edge
   * @param stunPort UDP port of this edge
   */
  public record Sharing(
      boolean classicView,
      String swarm,
      String site,
      String token,
      List<String> trackers,
      int stunPort) {
    public Sharing {
      trackers = List.copyOf(trackers);
    }
  }

  /** Lets pages in. Any thread. */
  @FunctionalInterface
  public interface TrackerHook {
    /**
     * A page connects.
     *
     * @param token that it shows; empty if none
     * @param out sends to it
     * @return takes what it sends; empty if it is not let in
     */
    Optional<Visitor> connect(String token, InetAddress from, Wire out);
  }

  /** A page at the tracker. Its methods are called by one thread at a time. */
  public interface Visitor {
    /** It sent this. */
    void message(String text);

    /** It sent what is no message, or a longer one than the edge takes. */
    void malformed(String why);

    /** Its connection has ended; called once. */
    void gone();
  }

  /** The way to a page. Any thread; neither method waits. */
  public interface Wire {
    /** Sends this, or drops it where the page takes nothing. */
    void send(String text);

    /** Ends the connection with a reason. */
    void close(String reason);
  }

  /**
   * How it goes, for operators.
   *
   * @param swarms that somebody is in
   * @param counters by name, since the start or now
   */
  public record Facts(List<Swarm> swarms, Map<String, Long> counters) {}

  /**
   * Those who may meet.
   *
   * @param peers one for each rendition that a page plays
   */
  public record Swarm(String stream, String site, int peers) {}

  /** Nobody shares. */
  public static final EdgeSwarm NONE =
      new EdgeSwarm(
          false,
          (path, viewer) -> Optional.empty(),
          (token, from, out) -> Optional.empty(),
          () -> new Facts(List.of(), Map.of()));
}
