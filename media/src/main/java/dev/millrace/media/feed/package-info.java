/**
 * The feed: frames of a source and the marks of its segment clock, as workers read them from the
 * ingest node. The same package writes and reads its form on the wire (FLV over HTTP).
 */
@NullMarked
package dev.millrace.media.feed;

import org.jspecify.annotations.NullMarked;
