package dev.millrace.server;

import dev.millrace.origin.LogSigning;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.server.config.NodeConfig;
import java.util.Optional;

/** Where a node keeps part logs and their bytes: what it writes itself, and what it copies. */
final class OriginRoom implements AutoCloseable {
  private final OriginStore store;

  /**
   * @param signing with what logs are signed; none where nobody else reads them
   */
  OriginRoom(NodeServices node, Optional<LogSigning> signing) {
    store = new OriginStore(config(node.config().origin()), node.nanoTime(), signing);
    node.eachSecond("sweeping the origin", store::sweep);
  }

  OriginStore store() {
    return store;
  }

  private static OriginConfig config(NodeConfig.Origin set) {
    return new OriginConfig(
        set.maxMemoryBytes(),
        set.removalGrace(),
        set.endedRetention(),
        OriginConfig.defaults().writerSilence(),
        set.maxWaiters());
  }

  @Override
  public void close() {
    store.close();
  }
}
