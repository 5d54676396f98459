package dev.millrace.relay.swarm;

/**
 * Who is in a swarm, at one instant.
 *
 * @param swarm as tokens name it
 * @param site empty for those of none
 * @param peers one for each rendition that a page plays
 */
public record SwarmFacts(String swarm, String site, int peers) {}
