package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;

/**
 * A frame as the publisher sent it, not yet on the session's timeline.
 *
 * @param timestampMs 32 bits, modulo 2^32
 * @param nanos to be added to it
 * @param compositionTimeMs presentation minus decode time
 * @param key by its NAL units; true for audio
 */
record RawFrame(
    MediaType type,
    int timestampMs,
    int nanos,
    int compositionTimeMs,
    boolean key,
    Bytes data,
    long arrivalNanos) {}
