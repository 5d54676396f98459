/**
 * What a node tells Prometheus: its own meters, those of each stream and rung, and the JVM's. Read
 * on demand; nothing is measured here. {@code docs/operate/metrics.md} explains each of them.
 */
@NullMarked
package dev.millrace.server.metrics;

import org.jspecify.annotations.NullMarked;
