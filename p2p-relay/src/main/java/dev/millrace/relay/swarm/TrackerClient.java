package dev.millrace.relay.swarm;

/** A page's connection to the tracker. Any thread; neither method waits. */
public interface TrackerClient {
  /** Sends it, or drops it where the page takes nothing. */
  void send(TrackerMessage message);

  /** Ends the connection: the page does what no page of ours does. */
  void close(String reason);
}
