package dev.millrace.relay.swarm;

import java.time.Duration;

/**
 * What one page may do.
 *
 * @param interval between two announcements, as pages are asked; who has not come for two and a
 *     half is forgotten
 * @param groupSize peers that meet each other; more make no swarm better (RELAY.md 1.2)
 * @param hashes that one connection may be in
 * @param offers in one announcement
 * @param sdpChars of an offer or an answer
 * @param burst messages at once
 * @param messagesPerSecond in the long run
 * @param strikes faults until the connection is closed
 * @param connectionsPerAddress at once; a whole office may be behind one
 */
public record TrackerLimits(
    Duration interval,
    int groupSize,
    int hashes,
    int offers,
    int sdpChars,
    int burst,
    int messagesPerSecond,
    int strikes,
    int connectionsPerAddress) {
  public static final TrackerLimits DEFAULT =
      new TrackerLimits(Duration.ofSeconds(60), 60, 16, 5, 8192, 200, 20, 3, 512);
}
