/**
 * Load drivers: {@code millrace bench} loads a running node over loopback and reports what it cost
 * the node's process. Each run is bounded in count and time.
 */
@NullMarked
package dev.millrace.server.bench;

import org.jspecify.annotations.NullMarked;
