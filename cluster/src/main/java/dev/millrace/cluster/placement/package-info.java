/**
 * Where streams go: computed by every node from the same view, never stored, so that nobody has to
 * be asked.
 */
@NullMarked
package dev.millrace.cluster.placement;

import org.jspecify.annotations.NullMarked;
