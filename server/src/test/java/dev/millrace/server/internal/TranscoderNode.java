package dev.millrace.server.internal;

import dev.millrace.transcoder.worker.JavaWorkers;
import dev.millrace.transcoder.worker.LimitedWorkers;
import dev.millrace.transcoder.worker.WorkerPlace;
import dev.millrace.transcoder.worker.WorkerSlots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A node that runs real workers of the built installation for others, and nothing else. */
final class TranscoderNode implements AutoCloseable {
  private static final Path DIST =
      Path.of(System.getProperty("millrace.dist", "target/dist")).toAbsolutePath();

  private final String name;
  private final WorkerHost host;
  private final InternalServer server;
  private volatile boolean open = true;

  /**
   * @param shared folder for what workers share
   */
  TranscoderNode(String name, Path shared, InternalTls tls) throws IOException {
    this.name = name;
    JavaWorkers processes =
        new JavaWorkers(
            DIST.resolve("lib") + "/*", DIST.resolve("ffmpeg"), shared, 0, System::nanoTime);
    this.host = new WorkerHost(new LimitedWorkers(processes, new WorkerSlots(2)), System::nanoTime);
    this.server =
        new InternalServer(
            InternalConfig.clustered("127.0.0.1", 0, InternalConfig.Advertised.AS_BOUND, tls, 1),
            IngestNode.TOKEN,
            List.of(host));
    server.start();
  }

  String name() {
    return name;
  }

  boolean takesWork() {
    return open;
  }

  WorkerPlace place() {
    return new WorkerPlace(name, Optional.of(server.address()));
  }

  void drain() {
    open = false;
    host.drain(true);
  }

  /** Its view of the cluster outlives it for a while: others still think that it takes work. */
  @Override
  public void close() {
    server.close();
  }
}
