package dev.millrace.server.config;

import dev.millrace.server.config.NodeConfig.Rtmp;
import java.util.Set;

/** Checks the section {@code rtmp} as a whole. */
final class RtmpSection {
  private RtmpSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Rtmp read(Settings settings) {
    NodeConfig.positive(settings, RtmpKeys.IDLE_TIMEOUT);
    NodeConfig.positive(settings, RtmpKeys.HANDSHAKE_TIMEOUT);
    long maxMessageBytes = settings.get(RtmpKeys.MAX_MESSAGE_SIZE);
    // RTMP §5.3.1.2: a message's length has 24 bits.
    if (maxMessageBytes < 1 << 16 || maxMessageBytes > 1 << 24) {
      throw new ConfigException(
          settings.place(RtmpKeys.MAX_MESSAGE_SIZE) + " must be 64KiB to 16MiB");
    }
    return new Rtmp(
        settings.get(RtmpKeys.HOST),
        settings.get(RtmpKeys.PORT),
        settings.get(RtmpKeys.IDLE_TIMEOUT),
        settings.get(RtmpKeys.HANDSHAKE_TIMEOUT),
        maxMessageBytes,
        settings.get(RtmpKeys.MAX_CHUNK_STREAMS),
        settings.get(RtmpKeys.MAX_CONNECTIONS),
        ClusterSection.publicUrl(settings, RtmpKeys.PUBLIC_URL, Set.of("rtmp", "rtmps")));
  }
}
