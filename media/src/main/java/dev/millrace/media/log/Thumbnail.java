package dev.millrace.media.log;

/**
 * A small picture of the start of a segment.
 *
 * @param msn the segment's media sequence number
 * @param pdtUs wall time of what it shows, microseconds since 1970
 */
public record Thumbnail(long epoch, long msn, long pdtUs, Picture picture) {}
