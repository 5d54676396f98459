package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.util.function.Consumer;

/**
 * A node's place in the cluster: what it sees, and what it says of itself. Any thread; nothing here
 * waits for the network.
 */
public interface Membership {
  /** What is known now. */
  ClusterView view();

  /**
   * Adds a listener that gets each new view, one at a time, in order, on a thread of the cluster's;
   * it must not block for long.
   */
  void onChange(Consumer<ClusterView> listener);

  /** This node has a stream, or has it in another state. */
  void hold(Holding holding);

  /** This node has it no more. */
  void release(StreamPath path, Holding.Kind kind);

  /** How busy this node is; call every second or two. */
  void load(NodeLoad load);

  /** Whether this node takes new work. */
  void draining(boolean draining);

  /** How far this node is with the settings of the whole cluster. */
  void settings(NodeSettings settings);
}
