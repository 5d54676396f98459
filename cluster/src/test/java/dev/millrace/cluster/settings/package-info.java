/** Tests of the cluster's settings. */
@NullMarked
package dev.millrace.cluster.settings;

import org.jspecify.annotations.NullMarked;
