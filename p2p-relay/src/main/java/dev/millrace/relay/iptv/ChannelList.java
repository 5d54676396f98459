package dev.millrace.relay.iptv;

import java.util.List;

/** The channels as a playlist (M3U), as VLC, Kodi and set-top boxes read it. */
final class ChannelList {
  private ChannelList() {}

  static String m3u(List<ChannelFacts> channels) {
    StringBuilder out = new StringBuilder("#EXTM3U\n");
    for (ChannelFacts each : channels) {
      out.append("#EXTINF:-1 tvg-id=\"")
          .append(each.channel().name())
          .append("\",")
          .append(each.channel().name())
          .append('\n')
          .append(each.url())
          .append('\n');
    }
    return out.toString();
  }
}
