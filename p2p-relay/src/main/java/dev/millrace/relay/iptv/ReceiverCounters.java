package dev.millrace.relay.iptv;

/**
 * What a receiver has had so far.
 *
 * @param received media packets, each once
 * @param duplicates of a second path, or of the network
 * @param recovered media packets by error correction
 * @param lost media packets that were given up
 * @param late that came when they had been given up or delivered already
 * @param malformed datagrams that were no RTP of the kind
 * @param restarts of the sender: another SSRC, or a jump of its sequence
 */
public record ReceiverCounters(
    long received,
    long duplicates,
    long recovered,
    long lost,
    long late,
    long malformed,
    long restarts) {}
