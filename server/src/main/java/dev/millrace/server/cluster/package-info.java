/**
 * What the rooms of a node do with a cluster's view: where streams are read from, what this node
 * tells of itself, which copies it keeps, and who may publish. No networking of its own.
 */
@NullMarked
package dev.millrace.server.cluster;

import org.jspecify.annotations.NullMarked;
