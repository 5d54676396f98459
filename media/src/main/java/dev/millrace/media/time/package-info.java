/**
 * From publishers' clocks to the one timeline of a stream: 64-bit microseconds, near 0 at the start
 * of each session. No clock is read here; arrival times are passed in. One thread at a time.
 */
@NullMarked
package dev.millrace.media.time;

import org.jspecify.annotations.NullMarked;
