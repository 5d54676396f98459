package dev.millrace.relay.iptv;

/**
 * A channel that is received, at one instant. Immutable.
 *
 * @param viewers who it is received for, a publication among them; nobody: it is not joined
 * @param trouble why nothing comes; empty where all is well
 * @param bytes of the transport stream, as viewers get it
 * @param repaired packets that were sent once more on request
 * @param rejoins of the group after it fell silent
 * @param fallbacks times that it was read from its sender by HTTP
 */
public record ReceptionFacts(
    ReceivedChannel channel,
    Reception.State state,
    int viewers,
    String trouble,
    ReceiverCounters receiver,
    long bytes,
    long repaired,
    long rejoins,
    long fallbacks) {}
