package dev.millrace.relay.iptv;

/**
 * A channel at one instant. Immutable.
 *
 * @param url as receivers write it
 * @param trouble why nothing is read or sent; empty where all is well
 * @param lostParts of the stream, that could not be had or read
 */
public record ChannelFacts(
    IptvChannel channel, String url, String trouble, long lostParts, SenderCounters sender) {
  /** For people. */
  public String state() {
    return sender.sending() ? "sending" : "silent";
  }
}
