package dev.millrace.media.flv;

import dev.millrace.media.Bytes;

/**
 * One track's share of a multitrack message (Enhanced RTMP v2). Its payload is read on demand, so
 * that a codec that this server does not know hurts only where it is used.
 *
 * @param trackId the publisher's number of the track; 0 is the one that old players would get
 * @param nanos added to the message's timestamp
 */
public record MultitrackEntry(int trackId, int fourCc, int packetType, int nanos, Bytes payload) {}
