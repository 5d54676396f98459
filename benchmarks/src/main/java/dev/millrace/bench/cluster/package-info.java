/** What it takes from the packager of one node to the edge of another. */
@NullMarked
package dev.millrace.bench.cluster;

import org.jspecify.annotations.NullMarked;
