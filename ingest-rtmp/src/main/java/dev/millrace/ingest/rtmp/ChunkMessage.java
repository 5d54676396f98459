package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;

/**
 * A message as the chunk stream carries it (§5.3.1.2), its meaning not yet looked at.
 *
 * @param chunkStreamId on which it came or shall go
 * @param timestamp milliseconds, 32 bit, wrapping
 * @param messageTypeId one of {@link MessageType} or unknown
 */
record ChunkMessage(
    int chunkStreamId, int timestamp, int messageTypeId, int messageStreamId, Bytes payload) {}
