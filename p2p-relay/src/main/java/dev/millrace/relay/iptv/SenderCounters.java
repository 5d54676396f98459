package dev.millrace.relay.iptv;

/**
 * What a sender has done so far.
 *
 * @param sending whether packets go out now
 * @param rateBps of the transport stream; 0 before it began
 * @param datagrams of media
 * @param parityDatagrams of columns and rows
 * @param bytes of all datagrams' payloads
 * @param nullPackets that filled up the rate
 * @param latePackets that were sent when their DTS was over
 * @param droppedFrames that could not be decoded or came too late
 * @param restarts of the time base
 * @param stalls of the source that ended in silence
 * @param behindMs by how much the sender itself has been late in all
 * @param failures of the network
 */
public record SenderCounters(
    boolean sending,
    long rateBps,
    long datagrams,
    long parityDatagrams,
    long bytes,
    long nullPackets,
    long latePackets,
    long droppedFrames,
    long restarts,
    long stalls,
    long behindMs,
    long failures) {
  static final SenderCounters NOTHING = new SenderCounters(false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
