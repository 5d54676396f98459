package dev.millrace.relay.iptv;

import java.net.InetAddress;

/**
 * Describes a channel (SDP, RFC 8866): its group and port, its source where the group is of SSM
 * (RFC 4570), and its parity (RFC 5956, RFC 6364 do not know 2022-1; receivers take port + 2 and +
 * 4).
 */
final class SessionDescription {
  private SessionDescription() {}

  /**
   * The text.
   *
   * @param origin the sender's address
   * @param version grows when the channel changes
   */
  static String of(IptvChannel channel, InetAddress origin, long id, long version) {
    InetAddress group = channel.to().getAddress();
    boolean ipv4 = group.getAddress().length == 4;
    String family = ipv4 ? "IN IP4 " : "IN IP6 ";
    String ttl = ipv4 && group.isMulticastAddress() ? "/" + channel.ttl() : "";
    StringBuilder out = new StringBuilder();
    line(out, "v=0");
    line(out, "o=- " + id + " " + version + " " + family + plain(origin));
    line(out, "s=" + channel.name());
    line(out, "c=" + family + plain(group) + ttl);
    line(out, "t=0 0");
    line(out, "a=tool:millrace");
    line(out, "a=type:broadcast");
    if (IptvChannel.isSourceSpecific(group)) {
      line(out, "a=source-filter: incl " + family + plain(group) + " " + plain(origin));
    }
    int port = channel.to().getPort();
    if (channel.rtp()) {
      line(out, "m=video " + port + " RTP/AVP " + RtpPacket.MP2T);
      line(out, "a=rtpmap:" + RtpPacket.MP2T + " MP2T/90000");
    } else {
      line(out, "m=video " + port + " udp " + RtpPacket.MP2T);
    }
    return out.toString();
  }

  private static String plain(InetAddress address) {
    String text = IptvChannel.bracketed(address);
    return text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append("\r\n");
  }
}
