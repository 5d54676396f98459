package dev.millrace.relay.swarm;

/**
 * An offer of a connection that the tracker is to pass on to somebody.
 *
 * @param id 20 bytes as Latin-1 text
 * @param sdp session description, RFC 8866
 */
public record Offer(String id, String sdp) {}
