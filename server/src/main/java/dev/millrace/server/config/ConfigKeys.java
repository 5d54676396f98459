package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every setting of a node, in the order of the example file: the single definition of names, types,
 * defaults and comments.
 */
public final class ConfigKeys {
  private static final long MIB = 1L << 20;

  static final ConfigKey<String> NODE_NAME =
      new ConfigKey<>(
          "node.name",
          ValueType.TEXT,
          "",
          """
          Name of this node in logs and in the API, unique in its cluster. Empty: the host's name, in a
          cluster with four digits behind it that tell nodes of one host apart.\
          """);
  public static final ConfigKey<String> NODE_DATA =
      new ConfigKey<>(
          "node.data",
          ValueType.TEXT,
          "",
          """
          Folder for what must outlive a restart: the generated stream key and the sequence numbers.
          One node a folder. Empty: $XDG_STATE_HOME/millrace, or ~/.local/state/millrace.\
          """);
  public static final ConfigKey<List<NodeRole>> NODE_ROLES =
      new ConfigKey<>(
          "node.roles",
          ValueType.someOf(List.of(NodeRole.values())),
          List.of(NodeRole.INGEST, NodeRole.TRANSCODER, NodeRole.ORIGIN, NodeRole.EDGE),
          """
          What this node does: ingest (publishers), transcoder (encoding), origin (copies of streams), edge
          (viewers), relay (IPTV). A node without a cluster needs the first four; in a cluster any mixture
          will do.\
          """);

  public static final ConfigKey<Boolean> PUBLISH_OPEN =
      new ConfigKey<>(
          "publish.open",
          ValueType.SWITCH,
          false,
          """
          Take any stream key for the stream's name. For a laboratory: whoever reaches the RTMP port
          can publish, and can take over a stream whose name is known.\
          """);
  static final ConfigKey<Duration> PUBLISH_RECONNECT_WINDOW =
      new ConfigKey<>(
          "publish.reconnect-window",
          ValueType.DURATION,
          Duration.ofSeconds(30),
          """
          How long a stream stays open for viewers when its publisher is gone. Comes it back in this
          time, players go on by themselves; after it the stream ends.\
          """);
  static final ConfigKey<Integer> PUBLISH_QUEUE_FRAMES =
      new ConfigKey<>(
          "publish.queue-frames",
          ValueType.integer("a number, 100 to 100000", 100, 100_000),
          2048,
          """
          Frames that a reader of a stream inside the node may fall behind before it skips to a key frame;
          the publisher never waits. 2048 are about 25 s.\
          """);
  static final ConfigKey<Long> PUBLISH_QUEUE_SIZE =
      new ConfigKey<>(
          "publish.queue-size", ValueType.SIZE, 16 * MIB, "The same in bytes of media.");
  static final ConfigKey<List<PublishKey>> PUBLISH_KEYS =
      new ConfigKey<>(
          "publish.keys",
          ValueType.PUBLISH_KEYS,
          List.of(),
          """
          Stream keys, as {path: live/main, key: SECRET}. Several keys may publish one path; each is a
          credential of its own. Empty: one random key for live/main is made at the first start.\
          """);

  static final ConfigKey<Duration> HLS_SEGMENT_DURATION =
      new ConfigKey<>(
          "hls.segment-duration",
          ValueType.DURATION,
          Duration.ofSeconds(2),
          "A segment ends at the first key frame after so long. Let the publisher send one every 2"
              + " s.");
  static final ConfigKey<Duration> HLS_TARGET_DURATION =
      new ConfigKey<>(
          "hls.target-duration",
          ValueType.DURATION,
          Duration.ofSeconds(4),
          """
          EXT-X-TARGETDURATION, whole seconds: no segment is longer. A publisher whose key frames are
          further apart gets segments that do not begin with one, which start and seek worse.\
          """);
  static final ConfigKey<Duration> HLS_PART_DURATION =
      new ConfigKey<>(
          "hls.part-duration",
          ValueType.DURATION,
          Duration.ofMillis(500),
          """
          About how long a part is; PART-TARGET is this, up to whole audio frames. Viewers are about four
          parts behind and ask twice a part: 200ms to 1s is sensible.\
          """);
  static final ConfigKey<Duration> HLS_WINDOW =
      new ConfigKey<>(
          "hls.window",
          ValueType.DURATION,
          Duration.ofSeconds(30),
          "How much media the live playlists list, so how far a viewer can go back. Costs memory.");

  static final ConfigKey<Long> ORIGIN_MAX_MEMORY =
      new ConfigKey<>(
          "origin.max-memory",
          ValueType.SIZE,
          0L,
          """
          Memory for the parts of all streams; beyond it the oldest parts go early.
          0: half of the Java heap (heap size: MILLRACE_JAVA_OPTS=-Xmx2g).\
          """);

  static final ConfigKey<Duration> ORIGIN_REMOVAL_GRACE =
      new ConfigKey<>(
          "origin.removal-grace",
          ValueType.DURATION,
          Duration.ofSeconds(10),
          """
          How much longer than the standard asks (its own and the playlist's duration) a segment can be
          fetched after it left the playlist. For slow viewers; costs memory.\
          """);
  static final ConfigKey<Duration> ORIGIN_ENDED_RETENTION =
      new ConfigKey<>(
          "origin.ended-retention",
          ValueType.DURATION,
          Duration.ofSeconds(60),
          "How long an ended stream can still be played to its end.");
  static final ConfigKey<Integer> ORIGIN_MAX_WAITERS =
      new ConfigKey<>(
          "origin.max-waiters",
          ValueType.integer("a number, 1 to 1000000", 1, 1_000_000),
          10_000,
          "Requests of one stream that may wait for a part that is only announced.");

  public static final ConfigKey<LogFormat> LOG_FORMAT =
      new ConfigKey<>(
          "log.format",
          ValueType.oneOf(List.of(LogFormat.values())),
          LogFormat.TEXT,
          "text: one readable line an event; json: one object an event, for machines.");
  public static final ConfigKey<LogLevel> LOG_LEVEL =
      new ConfigKey<>(
          "log.level",
          ValueType.oneOf(List.of(LogLevel.values())),
          LogLevel.INFO,
          "error, warn, info, debug or trace.");

  /** All keys, sections together, in the order of the example file. */
  public static final List<ConfigKey<?>> ALL =
      Stream.of(
              List.<ConfigKey<?>>of(NODE_NAME, NODE_DATA, NODE_ROLES),
              RtmpKeys.ALL,
              HttpKeys.ALL,
              List.<ConfigKey<?>>of(
                  PUBLISH_OPEN,
                  PUBLISH_RECONNECT_WINDOW,
                  PUBLISH_QUEUE_FRAMES,
                  PUBLISH_QUEUE_SIZE,
                  PUBLISH_KEYS,
                  HLS_SEGMENT_DURATION,
                  HLS_TARGET_DURATION,
                  HLS_PART_DURATION,
                  HLS_WINDOW),
              TranscodeKeys.ALL,
              List.<ConfigKey<?>>of(
                  ORIGIN_MAX_MEMORY,
                  ORIGIN_REMOVAL_GRACE,
                  ORIGIN_ENDED_RETENTION,
                  ORIGIN_MAX_WAITERS,
                  ClusterKeys.ORIGIN_REPLICAS,
                  ClusterKeys.ORIGIN_CLASSES),
              ClusterKeys.ALL,
              RelayKeys.ALL,
              IptvInKeys.ALL,
              SiteKeys.ALL,
              List.<ConfigKey<?>>of(LOG_FORMAT, LOG_LEVEL))
          .flatMap(List::stream)
          .toList();

  private ConfigKeys() {}
}
