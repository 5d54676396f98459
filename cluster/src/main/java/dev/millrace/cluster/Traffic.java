package dev.millrace.cluster;

/**
 * What a node's membership sent and received since it began.
 *
 * @param sent messages; a broadcast counts once for each receiver
 * @param sentBytes of them, without what JGroups and TLS add
 * @param received messages
 * @param receivedBytes of them
 * @param malformed messages that could not be read and were passed over
 * @param asked sections that had to be asked for
 * @param lost messages of topics for which there was no room
 */
public record Traffic(
    long sent,
    long sentBytes,
    long received,
    long receivedBytes,
    long malformed,
    long asked,
    long lost) {}
