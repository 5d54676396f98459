/** What members of a group really send each other. */
@NullMarked
package dev.millrace.cluster.channel;

import org.jspecify.annotations.NullMarked;
