/**
 * A group of processes that know of each other and send each other small messages, kept by JGroups.
 * {@link dev.millrace.cluster.channel.GroupChannel} is what the directory builds on; nothing of
 * JGroups shows in it.
 */
@NullMarked
package dev.millrace.cluster.channel;

import org.jspecify.annotations.NullMarked;
