/**
 * RTMP on Netty: a server that takes publishers, and a publishing client for tests and load.
 * Implements "Adobe's Real Time Messaging Protocol" 1.0 (2012; cited here by section) and the
 * connect negotiation of Enhanced RTMP v2 (Veovera). A connection lives on one event loop from
 * accept to close; what it publishes is handed to {@link dev.millrace.media.live.LiveStreams} on
 * that thread.
 */
@NullMarked
package dev.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
