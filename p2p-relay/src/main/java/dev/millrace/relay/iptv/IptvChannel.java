package dev.millrace.relay.iptv;

import dev.millrace.media.StreamPath;
import dev.millrace.media.ts.ConstantRateMultiplexer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What is sent where. Immutable.
 *
 * @param name of the channel, for people and for the API; unique on the node
 * @param stream whose log is followed
 * @param video name of the rendition whose pictures are sent; empty for the first, which is the
 *     source; "none" for sound alone
 * @param audio name of the rendition whose sound is sent; empty for the first; "none" for none
 * @param to the group or host, and the media's port; RTP's is even (RFC 3550 §11), parity goes to
 *     the ports + 2 and + 4
 * @param rtp whether packets have RTP headers; plain UDP has no parity and no second path
 * @param rateBps of the transport stream with its null packets; 0: measured, with headroom
 * @param networkInterface name or address of the interface to send from; empty: the system's choice
 * @param second where the same RTP packets are sent once more
 * @param ttl time to live, or hop limit; 0..255
 * @param dscp differentiated services code point; 0..63
 * @param loopback whether receivers on this machine get it, too
 * @param repairSeconds how long RTP packets are kept for receivers who missed some; 0 to 60
 */
public record IptvChannel(
    String name,
    StreamPath stream,
    String video,
    String audio,
    InetSocketAddress to,
    boolean rtp,
    long rateBps,
    FecProfile fec,
    Optional<String> networkInterface,
    Optional<SecondPath> second,
    int ttl,
    int dscp,
    boolean loopback,
    int repairSeconds) {
  /** For a rendition's name: none of this type. */
  public static final String NONE = "none";

  /** Enough for a site, and too little for the Internet. */
  static final int DEFAULT_TTL = 4;

  /** AF41, for video conferencing and live video (RFC 4594 §4.4). */
  static final int DEFAULT_DSCP = 34;

  static final int DEFAULT_REPAIR_SECONDS = 10;

  private static final int MOST_REPAIR_SECONDS = 60;
  private static final long MAX_RATE = 1_000_000_000;
  private static final int HIGHEST_PORT = 65_535 - 4;

  /**
   * A second way to the same receivers (SMPTE 2022-7).
   *
   * @param networkInterface of this way; empty: the channel's
   */
  public record SecondPath(InetSocketAddress to, Optional<String> networkInterface) {}

  public IptvChannel {
    if (to.isUnresolved() || to.getPort() < 1 || to.getPort() > HIGHEST_PORT) {
      throw new IllegalArgumentException("an address with a port of 1 to 65531, found " + to);
    }
    if (ttl < 0 || ttl > 255 || dscp < 0 || dscp > 63) {
      throw new IllegalArgumentException("a ttl of 0 to 255 and a dscp of 0 to 63");
    }
    if (repairSeconds < 0 || repairSeconds > MOST_REPAIR_SECONDS) {
      throw new IllegalArgumentException("repair of 0 to 60 seconds, found " + repairSeconds);
    }
    if (rateBps != 0 && (rateBps < ConstantRateMultiplexer.LEAST_RATE_BPS || rateBps > MAX_RATE)) {
      throw new IllegalArgumentException("a rate of 200k to 1000M, found " + rateBps);
    }
    if (!rtp && (fec != FecProfile.NONE || second.isPresent())) {
      throw new IllegalArgumentException(
          "fec and second need rtp://, since plain UDP has no sequence numbers");
    }
    if (video.equals(NONE) && audio.equals(NONE)) {
      throw new IllegalArgumentException("video or audio, but not none of both");
    }
  }

  /** The address as receivers write it, with the sender's in front where the group is of SSM. */
  String receiverUrl(Optional<InetAddress> source) {
    InetAddress group = to.getAddress();
    String from =
        isSourceSpecific(group)
            ? source.map(address -> bracketed(address) + "@").orElse("")
            : group.isMulticastAddress() && !rtp ? "@" : "";
    return (rtp ? "rtp://" : "udp://") + from + bracketed(group) + ":" + to.getPort();
  }

  /** 232/8 (RFC 4607) and ff3x::/32. */
  static boolean isSourceSpecific(InetAddress group) {
    byte[] bytes = group.getAddress();
    return bytes.length == 4
        ? (bytes[0] & 0xFF) == 232
        : (bytes[0] & 0xFF) == 0xFF && (bytes[1] & 0xF0) == 0x30;
  }

  static String bracketed(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String bare = zone < 0 ? text : text.substring(0, zone);
    return bare.indexOf(':') < 0 ? bare : "[" + bare + "]";
  }
}
