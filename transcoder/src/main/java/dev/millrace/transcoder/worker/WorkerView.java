package dev.millrace.transcoder.worker;

import java.util.Optional;

/**
 * What is to be seen of a stream's worker from outside. Immutable.
 *
 * @param restarts workers started in place of one that failed
 * @param reason what the last one died of; empty if none did
 * @param obstacle why none can be started now; empty unless {@code WAITING}
 * @param node where the present one runs; empty for this node, and if there is none
 * @param status of the present one; empty before its first
 */
public record WorkerView(
    WorkerPhase phase,
    int restarts,
    String reason,
    String obstacle,
    String node,
    Optional<WorkerStatus> status) {
  /** Nothing to do, nothing there. */
  public static final WorkerView IDLE =
      new WorkerView(WorkerPhase.IDLE, 0, "", "", "", Optional.empty());

  /** Whether a worker is at work or will be. */
  public boolean hasHope() {
    return phase != WorkerPhase.GIVEN_UP && phase != WorkerPhase.WAITING;
  }
}
