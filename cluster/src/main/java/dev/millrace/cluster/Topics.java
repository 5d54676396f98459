package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import java.util.function.BiConsumer;

/**
 * Carries the messages of other parts of the cluster beside the directory's, numbered by topic. Any
 * thread; nothing here waits for the network. A message arrives once, or is lost where a node
 * leaves or hundreds of them wait; whoever needs more repairs it.
 */
public interface Topics {
  /** Most bytes of one message. */
  int MAX_BYTES = 59_000;

  /**
   * Sets who hears the messages of a topic: the id of the node that sent it, and the bytes. Called
   * one at a time, on a thread of the cluster's; must not block for long.
   */
  void listen(int topic, BiConsumer<String, Bytes> listener);

  /** Sends to one node; lost if it is not there. */
  void send(int topic, String nodeId, Bytes message);

  /** Sends to all other nodes. */
  void broadcast(int topic, Bytes message);
}
