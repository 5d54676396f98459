package dev.millrace.media.live;

import dev.millrace.media.StreamPath;

/**
 * What an authorised publisher may do: publish one path.
 *
 * @param credential an opaque name of the key that was used, never the key itself; two publications
 *     with equal credentials belong to the same owner
 */
public record Grant(StreamPath path, String credential) {}
