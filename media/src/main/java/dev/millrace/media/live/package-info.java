/**
 * The live hub: one publisher, many bounded subscribers, in one process. Called by ingest on event
 * loops and by subscribers on their stream threads.
 */
@NullMarked
package dev.millrace.media.live;

import org.jspecify.annotations.NullMarked;
