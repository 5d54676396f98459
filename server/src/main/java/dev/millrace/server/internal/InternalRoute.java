package dev.millrace.server.internal;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;

/**
 * Answers the requests of one kind of address. All event loops use the same object.
 *
 * <p>Routes are asked in order; who asks has shown the token before.
 */
public interface InternalRoute extends AutoCloseable {
  /**
   * Answers the request, now or later, if the address is one of this route's; on the request's
   * event loop, before its body is read. What it throws is answered with 500.
   *
   * @param context of that event loop
   * @param path of the address, without the query
   * @return false if another route is to be asked
   */
  boolean answer(Context context, HttpServerRequest request, String path);

  /** Ends what the route has started; called once, after the last connection was closed. */
  @Override
  default void close() {}
}
