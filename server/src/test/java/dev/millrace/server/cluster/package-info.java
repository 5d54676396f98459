/** Tests of what a node does with a cluster's view. */
@NullMarked
package dev.millrace.server.cluster;

import org.jspecify.annotations.NullMarked;
