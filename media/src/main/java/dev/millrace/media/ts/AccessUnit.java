package dev.millrace.media.ts;

import dev.millrace.media.Bytes;

/**
 * One frame, ready to be cut into packets. Immutable.
 *
 * @param dtsUs decode time on the stream's timeline
 * @param randomAccess a video frame from which decoding can start
 * @param pes the whole PES packet
 */
public record AccessUnit(int pid, long dtsUs, boolean randomAccess, Bytes pes) {}
