package dev.millrace.relay.mesh.cast;

/**
 * What binding M of a relay did since it started. Immutable.
 *
 * @param heard senders that are heard well enough for parts to come by multicast
 * @param known senders of which anything came lately
 * @param listeners relays that subscribed by multicast here
 * @param partsOut parts sent
 * @param symbolsOut symbols sent, parity too
 * @param parityOut of these, parity
 * @param nacksIn NACKs that came
 * @param nacksRefused of these, those that were not answered: too many of one relay, no index left
 * @param symbolsIn symbols that came, once each
 * @param symbolsLost symbols that did not come, as their numbers tell
 * @param partsIn parts put together, as the signed log has them
 * @param blocks blocks put together
 * @param blocksRepaired of these, those that needed parity
 * @param nacksOut NACKs sent
 * @param wrong parts put together that were not the log's
 * @param strangers datagrams of a session from another address, or of who does not feed
 * @param replayed datagrams that had come before
 * @param misfits symbols that are not cut as their part must be
 * @param dropped symbols for which there was no room, or whose part nobody announced
 * @param falls how often a sender that was heard was no more
 */
public record CastSnapshot(
    int heard,
    int known,
    int listeners,
    long partsOut,
    long symbolsOut,
    long parityOut,
    long nacksIn,
    long nacksRefused,
    long symbolsIn,
    long symbolsLost,
    long partsIn,
    long blocks,
    long blocksRepaired,
    long nacksOut,
    long wrong,
    long strangers,
    long replayed,
    long misfits,
    long dropped,
    long falls) {}
