/**
 * HTTP between the processes of a cluster: workers read feeds and write renditions. Not for
 * viewers; it listens on the loopback interface unless told otherwise, and every request needs the
 * node's token. See docs/develop/internal-http.md.
 */
@NullMarked
package dev.millrace.server.internal;

import org.jspecify.annotations.NullMarked;
