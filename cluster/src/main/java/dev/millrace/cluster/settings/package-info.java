/**
 * Settings of the whole cluster, changed at run time through any node: every node keeps the last
 * revisions, and the newest one is in force. What the values mean is the server's affair.
 */
@NullMarked
package dev.millrace.cluster.settings;

import org.jspecify.annotations.NullMarked;
