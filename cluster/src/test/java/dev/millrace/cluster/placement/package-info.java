/** Tests of placement. */
@NullMarked
package dev.millrace.cluster.placement;

import org.jspecify.annotations.NullMarked;
