package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import dev.millrace.edge.MetricsAccess;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.worker.EncoderPreference;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a node is told, checked as a whole. Immutable.
 *
 * @param named whether the name was chosen; else it is the host's
 */
public record NodeConfig(
    String name,
    boolean named,
    Path data,
    Set<NodeRole> roles,
    Rtmp rtmp,
    Http http,
    Publish publish,
    Hls hls,
    Transcode transcode,
    Origin origin,
    Cluster cluster,
    RelayConfig relay,
    LogFormat logFormat,
    LogLevel logLevel,
    Basis basis) {
  /** What it was read from. Its values are secret in part. */
  public record Basis(Settings settings, Host host) {
    @Override
    public String toString() {
      return "Basis";
    }
  }

  /** Section {@code rtmp}. */
  public record Rtmp(
      String host,
      int port,
      Duration idleTimeout,
      Duration handshakeTimeout,
      long maxMessageBytes,
      int maxChunkStreams,
      int maxConnections,
      Optional<URI> publicUrl) {}

  /**
   * Section {@code http}.
   *
   * @param bandwidthBps 0: not known
   */
  public record Http(
      String host,
      int port,
      long bandwidthBps,
      int maxConnections,
      int maxHeldRequests,
      int maxViewersCounted,
      long cacheBytes,
      Duration maxWait,
      Duration idleTimeout,
      MetricsAccess metrics,
      Optional<URI> publicUrl) {}

  /** Section {@code publish}. */
  public record Publish(
      boolean open,
      Duration reconnectWindow,
      int queueFrames,
      long queueBytes,
      List<PublishKey> keys) {}

  /** Section {@code hls}. */
  public record Hls(
      Duration segmentDuration, Duration targetDuration, Duration partDuration, Duration window) {
    // One AAC frame at 48 kHz lasts 1024/48000 s: 64 ms hold exactly three.
    private static final long THREE_AUDIO_FRAMES_US = 64_000;

    /**
     * The targets of every stream: PART-TARGET is the part duration up to whole AAC frames at 48
     * kHz (500 ms give 512 ms), in whole milliseconds, so that audio parts fill it.
     */
    public Targets targets() {
      long partUs = partDuration.toNanos() / 1000;
      long frames = Math.ceilDiv(partUs * 3, THREE_AUDIO_FRAMES_US);
      long partTargetUs = Math.ceilDiv(frames * THREE_AUDIO_FRAMES_US, 3_000) * 1000;
      return new Targets(
          segmentDuration.toNanos() / 1000,
          (int) targetDuration.toSeconds(),
          partTargetUs,
          window.toNanos() / 1000);
    }
  }

  /**
   * Section {@code transcode}.
   *
   * @param maxWorkers 0: as many as there are processors
   * @param spareWorkers that wait for a stream, in a cluster
   * @param posterInterval zero: no pictures
   */
  public record Transcode(
      LadderSettings ladder,
      EncoderPreference encoder,
      Preset preset,
      int maxWorkers,
      int spareWorkers,
      long workerMemoryBytes,
      Duration posterInterval) {}

  /**
   * Section {@code origin}.
   *
   * @param maxMemoryBytes for parts; never 0
   */
  public record Origin(
      long maxMemoryBytes,
      Duration removalGrace,
      Duration endedRetention,
      int maxWaiters,
      int replicas,
      List<ReplicaClass> classes) {}

  /**
   * Section {@code cluster}, and what else counts in a cluster only.
   *
   * @param name empty: this node is alone
   * @param address empty: chosen from the interfaces
   * @param port 0: any free one
   * @param internalPort 0: any free one
   * @param secret empty: the one of {@code secretFile}, else of the data folder
   * @param stack the operator's own JGroups stack
   * @param certificates the operator's own
   */
  public record Cluster(
      String name,
      String address,
      int port,
      int internalPort,
      Set<Discovery> discovery,
      List<String> seeds,
      String dns,
      String folder,
      Optional<String> secret,
      Optional<Path> secretFile,
      Optional<Path> stack,
      Optional<Certificates> certificates,
      Duration drainDeadline,
      Duration steeringTtl) {

    /** Whether this node is to have others beside it. */
    public boolean isOn() {
      return !name.isEmpty();
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
      return "Cluster[name=" + name + ", discovery=" + discovery + "]";
    }
  }

  /**
   * The operator's certificates, PEM files.
   *
   * @param key PKCS 8
   */
  public record Certificates(Path authority, Path certificate, Path key) {}

  /** What the settings say about the machine the node runs on. */
  public record Host(String name, Map<String, String> environment, long maxHeapBytes) {
    Path stateFolder() {
      String state = environment.getOrDefault("XDG_STATE_HOME", "");
      String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
      return (state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state))
          .resolve("millrace");
    }
  }

  public NodeConfig {
    roles = Set.copyOf(roles);
  }

  /**
   * Checks the settings against each other and fills in what depends on the machine.
   *
   * @throws ConfigException if a value does not go with the others
   */
  public static NodeConfig of(Settings settings, Host host) {
    String name = settings.get(ConfigKeys.NODE_NAME);
    String data = settings.get(ConfigKeys.NODE_DATA);
    return new NodeConfig(
        name.isEmpty() ? host.name() : nodeName(settings),
        !name.isEmpty(),
        (data.isEmpty() ? host.stateFolder() : Path.of(data)).toAbsolutePath().normalize(),
        ClusterSection.roles(settings),
        RtmpSection.read(settings),
        HttpSection.read(settings),
        PublishSection.read(settings),
        HlsSection.read(settings),
        TranscodeSection.read(settings),
        origin(settings, host),
        ClusterSection.read(settings),
        RelaySection.read(settings),
        settings.get(ConfigKeys.LOG_FORMAT),
        settings.get(ConfigKeys.LOG_LEVEL),
        new Basis(settings, host));
  }

  private static String nodeName(Settings settings) {
    String name = settings.get(ConfigKeys.NODE_NAME);
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new ConfigException(
          settings.place(ConfigKeys.NODE_NAME)
              + " is '"
              + name
              + "', expected 1 to 63 of A-Z a-z 0-9 . _ -, beginning with a letter or digit");
    }
    return name;
  }

  private static Origin origin(Settings settings, Host host) {
    long maxMemoryBytes = settings.get(ConfigKeys.ORIGIN_MAX_MEMORY);
    require(
        settings,
        ConfigKeys.ORIGIN_MAX_MEMORY,
        maxMemoryBytes < host.maxHeapBytes() * 9 / 10,
        "less than nine tenths of the Java heap, which is "
            + host.maxHeapBytes() / (1 << 20)
            + "MiB (larger: MILLRACE_JAVA_OPTS=-Xmx...)");
    return new Origin(
        maxMemoryBytes == 0 ? host.maxHeapBytes() / 2 : maxMemoryBytes,
        settings.get(ConfigKeys.ORIGIN_REMOVAL_GRACE),
        settings.get(ConfigKeys.ORIGIN_ENDED_RETENTION),
        settings.get(ConfigKeys.ORIGIN_MAX_WAITERS),
        settings.get(ClusterKeys.ORIGIN_REPLICAS),
        settings.get(ClusterKeys.ORIGIN_CLASSES));
  }

  static void positive(Settings settings, ConfigKey<Duration> key) {
    require(settings, key, !settings.get(key).isZero(), "more than 0s");
  }

  static <T> void require(Settings settings, ConfigKey<T> key, boolean holds, String expected) {
    if (!holds) {
      throw new ConfigException(
          settings.place(key)
              + " is "
              + key.type().writer().apply(settings.get(key))
              + ", expected "
              + expected);
    }
  }
}
