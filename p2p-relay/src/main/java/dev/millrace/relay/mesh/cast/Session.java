package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.PartName;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One start of a sender: who it is, as its BEACONs say, where its datagrams come from, and what it
 * calls its tracks. The mesh's executor.
 */
final class Session {
  private static final int MAX_TRACKS = 4096;

  final long number;
  final SocketAddress address;
  final Hearing hearing;
  final ReplayWindow sequences = new ReplayWindow();
  private final Map<Integer, PartName.Track> tracks = new HashMap<>();
  private @Nullable Bytes relay;
  private int listeners;
  private long beaconSequence;

  Session(long number, SocketAddress address, long now) {
    this.number = number;
    this.address = address;
    this.hearing = new Hearing(now);
  }

  /** Whose it is; null until its first BEACON. */
  @Nullable Bytes relay() {
    return relay;
  }

  /**
   * A BEACON came.
   *
   * @return false if it is an old one
   */
  boolean beacon(Bytes from, long sequence, int listening) {
    if (sequence < beaconSequence) {
      return false;
    }
    beaconSequence = sequence;
    relay = from;
    listeners = listening;
    return true;
  }

  /** How many listen to it, as it says. */
  int listeners() {
    return listeners;
  }

  /** What it means by a number. */
  PartName.@Nullable Track track(int number) {
    return tracks.get(number);
  }

  boolean has(PartName.Track track) {
    return tracks.containsValue(track);
  }

  /**
   * It says what it means by a number.
   *
   * @return whether that is news; it can mean nothing else by it later
   */
  boolean names(int number, PartName.Track track) {
    return tracks.size() < MAX_TRACKS && tracks.putIfAbsent(number, track) == null;
  }

  @Override
  public String toString() {
    return "%08x of %s at %s".formatted(number, relay, address);
  }
}
