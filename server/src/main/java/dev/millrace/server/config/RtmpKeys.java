package dev.millrace.server.config;

import java.time.Duration;
import java.util.List;

/** The section {@code rtmp}: what publishers connect to. */
public final class RtmpKeys {
  private static final long MIB = 1L << 20;

  static final ConfigKey<String> HOST =
      new ConfigKey<>(
          "rtmp.host",
          ValueType.TEXT,
          "0.0.0.0",
          "Address to listen on for publishers. 127.0.0.1 admits this machine only.");
  public static final ConfigKey<Integer> PORT =
      new ConfigKey<>(
          "rtmp.port", ValueType.PORT, 1935, "TCP port for publishers. 0: any free one, printed.");
  static final ConfigKey<Duration> IDLE_TIMEOUT =
      new ConfigKey<>(
          "rtmp.idle-timeout",
          ValueType.DURATION,
          Duration.ofSeconds(4),
          """
          A publisher that sends nothing for so long is taken for dead and its connection closed.
          Shorter frees the path sooner; longer forgives bad networks.\
          """);
  static final ConfigKey<Duration> HANDSHAKE_TIMEOUT =
      new ConfigKey<>(
          "rtmp.handshake-timeout",
          ValueType.DURATION,
          Duration.ofSeconds(5),
          """
          How long a connection may take until it publishes, and may stay without publishing again.\
          """);
  static final ConfigKey<Long> MAX_MESSAGE_SIZE =
      new ConfigKey<>(
          "rtmp.max-message-size",
          ValueType.SIZE,
          16 * MIB,
          "Longest RTMP message, so the largest key frame. Each publisher may hold so much"
              + " memory.");
  static final ConfigKey<Integer> MAX_CHUNK_STREAMS =
      new ConfigKey<>(
          "rtmp.max-chunk-streams",
          ValueType.integer("a number, 8 to 65536", 8, 65_536),
          64,
          "Chunk streams a connection may use. Real publishers use fewer than ten.");
  static final ConfigKey<Integer> MAX_CONNECTIONS =
      new ConfigKey<>(
          "rtmp.max-connections",
          ValueType.integer("a number, 1 to 1000000", 1, 1_000_000),
          1000,
          "Connections at once; further ones are closed at once.");
  static final ConfigKey<String> PUBLIC_URL =
      new ConfigKey<>(
          "rtmp.public-url",
          ValueType.TEXT,
          "",
          """
          How publishers of a cluster reach this node, like rtmp://in1.example.org:1935.
          Empty: rtmp, cluster.address and rtmp.port.\
          """);

  static final List<ConfigKey<?>> ALL =
      List.of(
          HOST,
          PORT,
          IDLE_TIMEOUT,
          HANDSHAKE_TIMEOUT,
          MAX_MESSAGE_SIZE,
          MAX_CHUNK_STREAMS,
          MAX_CONNECTIONS,
          PUBLIC_URL);

  private RtmpKeys() {}
}
