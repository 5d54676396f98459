package dev.millrace.server;

import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.Bytes;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.server.capacity.TranscoderPlaces;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.internal.RemoteWorkers;
import dev.millrace.server.internal.WorkerHost;
import dev.millrace.transcoder.worker.JavaWorkers;
import dev.millrace.transcoder.worker.LeavableWorkers;
import dev.millrace.transcoder.worker.LimitedWorkers;
import dev.millrace.transcoder.worker.PlacedWorkers;
import dev.millrace.transcoder.worker.WorkerLauncher;
import dev.millrace.transcoder.worker.WorkerSlots;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where workers run: on this node, if it has the role and FFmpeg, for its own streams and in a
 * cluster for those of other nodes; and on other nodes for streams of this one. Any thread.
 */
final class TranscoderRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TranscoderRoom.class);

  private final WorkerSlots slots;
  private final Optional<JavaWorkers> processes;
  private final Optional<WorkerLauncher> here;
  private final Optional<WorkerHost> host;

  /** Those of this node's own streams, in a cluster. */
  private final Optional<LeavableWorkers> own;

  private final Optional<RemoteWorkers> elsewhere;
  private final Optional<WorkerLauncher> launcher;
  private final TrustedAuthority authority;

  /**
   * @param cluster empty: workers run on this node only
   */
  TranscoderRoom(NodeServices node, Optional<ClusterRoom> cluster) {
    LongSupplier nanoTime = node.nanoTime();
    NodeConfig.Transcode config = node.config().transcode();
    slots =
        new WorkerSlots(
            config.maxWorkers() > 0
                ? config.maxWorkers()
                : Runtime.getRuntime().availableProcessors());
    processes = processes(node, cluster.isPresent() ? config.spareWorkers() : 0);
    here = processes.map(workers -> new LimitedWorkers(workers, slots));
    own = cluster.isPresent() ? here.map(LeavableWorkers::new) : Optional.empty();
    host = cluster.isPresent() ? here.map(own -> new WorkerHost(own, nanoTime)) : Optional.empty();
    authority =
        cluster
            .map(with -> new TrustedAuthority(Bytes.wrap(with.nodeCertificate().authorityDer())))
            .orElse(TrustedAuthority.NONE);
    elsewhere = cluster.map(with -> new RemoteWorkers(authority, with.token(), nanoTime));
    launcher =
        cluster.isPresent()
            ? Optional.of(placed(node, cluster.get(), elsewhere.orElseThrow()))
            : here;
  }

  private static Optional<JavaWorkers> processes(NodeServices node, int spares) {
    if (!node.config().roles().contains(NodeRole.TRANSCODER)) {
      return Optional.empty();
    }
    Optional<Path> ffmpeg = FfmpegFolder.find();
    if (ffmpeg.isEmpty()) {
      log.info("no ladder: this installation has no folder 'ffmpeg'; streams have their source");
    }
    return ffmpeg.map(
        jars ->
            new JavaWorkers(
                System.getProperty("java.class.path"),
                jars,
                node.folder().path().resolve("worker"),
                spares,
                node.nanoTime()));
  }

  private WorkerLauncher placed(NodeServices node, ClusterRoom cluster, RemoteWorkers remote) {
    return new PlacedWorkers(
        new TranscoderPlaces(
            cluster::view, Placement.STANDARD, here.map(any -> slots), node.nanoTime()),
        place -> place.isHere() ? own.orElseThrow() : remote.at(place),
        node.nanoTime());
  }

  /** Starts workers of streams that are published here; empty where there is no place for any. */
  Optional<WorkerLauncher> launcher() {
    return launcher;
  }

  /** What other nodes start workers through; empty where they cannot. */
  Optional<WorkerHost> host() {
    return host;
  }

  /** Whom workers of this node's streams trust. */
  TrustedAuthority authority() {
    return authority;
  }

  /** Workers that encode on this node. */
  int workers() {
    return slots.taken();
  }

  /** Workers that this node takes; 0 without the role. */
  int maxWorkers() {
    return here.isPresent() ? slots.count() : 0;
  }

  /** Has all workers go to other nodes; says what is left. */
  Drain.Part drain() {
    return new Drain.Part(
        () -> {
          host.ifPresent(with -> with.drain(true));
          own.ifPresent(LeavableWorkers::leave);
        },
        () -> {
          int left =
              host.map(WorkerHost::count).orElse(0) + own.map(LeavableWorkers::count).orElse(0);
          return left > 0 ? Optional.of(left + " workers") : Optional.empty();
        });
  }

  @Override
  public void close() {
    elsewhere.ifPresent(RemoteWorkers::close);
    processes.ifPresent(JavaWorkers::close);
  }
}
