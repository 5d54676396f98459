package dev.millrace.server.internal;

import dev.millrace.media.log.http.ReadAddress;
import dev.millrace.origin.http.ReadEndpoint;
import dev.millrace.origin.http.ReadSource;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * What other nodes read of this one: logs, posters, and bytes by name. To be asked before {@link
 * WriterRoute}, which has some of the same addresses for PUT.
 */
public final class ReaderRoute implements InternalRoute {
  private final ReadEndpoint endpoint;

  /** Reads from this source. */
  public ReaderRoute(ReadSource source) {
    this.endpoint = new ReadEndpoint(source);
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    Optional<ReadAddress> address = ReadAddress.parse(path);
    boolean writers =
        address.isPresent()
            && (address.get() instanceof ReadAddress.File
                || address.get() instanceof ReadAddress.Poster)
            && HttpMethod.PUT.equals(request.method());
    if (address.isEmpty() || writers) {
      return false;
    }
    endpoint.handle(context, request, address.get());
    return true;
  }
}
