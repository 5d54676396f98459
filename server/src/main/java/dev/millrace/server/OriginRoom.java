package dev.millrace.server;

import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.server.config.NodeConfig;

/** Where a node keeps part logs and their bytes: what it writes itself, and what it copies. */
final class OriginRoom implements AutoCloseable {
  private final OriginStore store;

  OriginRoom(NodeServices node) {
    store = new OriginStore(config(node.config().origin()), node.nanoTime());
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
