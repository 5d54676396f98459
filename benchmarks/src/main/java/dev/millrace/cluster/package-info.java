/** What the cluster costs: programs that measure the directory, and simulate many nodes. */
@NullMarked
package dev.millrace.cluster;

import org.jspecify.annotations.NullMarked;
