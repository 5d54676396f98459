package dev.millrace.server.internal;

import dev.millrace.media.log.http.LogAddress;
import dev.millrace.origin.GenerationGate;
import dev.millrace.origin.http.BodyLimits;
import dev.millrace.origin.http.LogEndpoint;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What writers of renditions ask of the node that has the log. */
public final class WriterRoute implements InternalRoute {
  private final ExecutorService writers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("internal-", 0).factory());
  private final LogEndpoint endpoint;

  /**
   * @param gate where renditions and pictures go
   */
  public WriterRoute(GenerationGate gate, BodyLimits bodies) {
    this.endpoint = new LogEndpoint(gate, writers, bodies);
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    Optional<LogAddress> address = LogAddress.parse(path);
    address.ifPresent(each -> endpoint.handle(context, request, each));
    return address.isPresent();
  }

  /** Writes under way are completed. */
  @Override
  public void close() {
    writers.shutdown();
  }
}
