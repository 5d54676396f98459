package dev.millrace.media.live;

import dev.millrace.media.StreamPath;
import java.util.Optional;

/** Tells who publishes a path on another node. Any thread; answers from memory, never waits. */
@FunctionalInterface
public interface Ownership {
  /** Nobody else publishes anything: a node by itself. */
  Ownership NOBODY = path -> Optional.empty();

  /**
   * The newest publication of the path elsewhere that is live or may come back; empty if there is
   * none.
   */
  Optional<Owner> of(StreamPath path);

  /**
   * A publication on another node.
   *
   * @param credential as {@link Grant#credential}
   * @param epoch of its session
   * @param live whether its publisher is connected; else it is away and may come back
   * @param node name of the node, for people
   */
  record Owner(String credential, long epoch, boolean live, String node) {}
}
