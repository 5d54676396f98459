/**
 * The origin's side of {@code media.log.http}: takes entries, initialization sections and pictures
 * of writers in other processes, checks them against what their headers tell, and passes them
 * through the {@link dev.millrace.origin.GenerationGate}. Requests are read on event loops; the
 * store is called on the executor that the caller brings.
 */
@NullMarked
package dev.millrace.origin.http;

import org.jspecify.annotations.NullMarked;
