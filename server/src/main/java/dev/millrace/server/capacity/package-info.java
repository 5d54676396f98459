/** What this machine can still do, measured, and which node of the cluster encodes a stream. */
@NullMarked
package dev.millrace.server.capacity;

import org.jspecify.annotations.NullMarked;
