package dev.millrace.server;

import dev.millrace.cluster.NodeLoad;
import dev.millrace.edge.EdgeFacts;
import dev.millrace.server.capacity.MachineLoad;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells the cluster every two seconds how busy this node is. The node's timer. */
final class LoadReports {
  private static final int EACH = 2;

  private final NodeServices node;
  private final ClusterRoom cluster;
  private final TranscoderRoom transcoder;
  private final Supplier<EdgeFacts> edge;
  private final MachineLoad machine;
  private long bytesBefore;
  private long nanosBefore;
  private int seconds;

  LoadReports(
      NodeServices node, ClusterRoom cluster, TranscoderRoom transcoder, Supplier<EdgeFacts> edge) {
    this.node = node;
    this.cluster = cluster;
    this.transcoder = transcoder;
    this.edge = edge;
    this.machine = new MachineLoad(node.nanoTime());
    this.nanosBefore = node.nanoTime().getAsLong();
  }

  /** Says a first word, and goes on until the node stops. */
  void start() {
    report();
    node.eachSecond("telling the load", this::measure);
  }

  private void measure() {
    machine.sample();
    if (++seconds % EACH == 0) {
      report();
    }
  }

  private void report() {
    EdgeFacts now = edge.get();
    long nanos = node.nanoTime().getAsLong();
    long perSecond =
        (long)
            ((now.bodyBytes() - bytesBefore)
                * (double) TimeUnit.SECONDS.toNanos(1)
                / Math.max(1, nanos - nanosBefore));
    bytesBefore = now.bodyBytes();
    nanosBefore = nanos;
    int viewers = now.viewers().values().stream().mapToInt(each -> each).sum();
    cluster
        .membership()
        .load(
            new NodeLoad(
                machine.cores(),
                machine.busyCores(),
                perSecond,
                node.config().http().bandwidthBps() / 8,
                viewers,
                transcoder.workers(),
                transcoder.maxWorkers()));
  }
}
