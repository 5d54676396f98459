package dev.millrace.transcoder.worker;

import java.net.URI;
import java.util.Optional;

/**
 * A node that may run a worker.
 *
 * @param node its name, for people
 * @param address of its internal server, without a path; empty: this node itself
 */
public record WorkerPlace(String node, Optional<URI> address) {
  /** Whether it is this node. */
  public boolean isHere() {
    return address.isEmpty();
  }
}
