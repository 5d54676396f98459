package dev.millrace.transcoder.worker;

import java.util.Optional;

/**
 * What can be seen of a worker.
 *
 * @param wanted whether there is something to do for a worker
 * @param alive whether the worker last started is there
 * @param exitStatus of the worker last started, once it is gone
 * @param lost why it is gone, if that is not its own doing
 * @param status its last status line
 * @param statusNanos when that line came
 * @param inputFrames frames of the source so far
 * @param residentBytes its memory; 0 if unknown
 * @param cpuNanos processor time that it has used; negative if unknown
 */
record WorkerSeen(
    boolean wanted,
    boolean alive,
    int exitStatus,
    Optional<String> lost,
    Optional<WorkerStatus> status,
    long statusNanos,
    long inputFrames,
    long residentBytes,
    long cpuNanos) {}
