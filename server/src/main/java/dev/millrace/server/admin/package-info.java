/**
 * The commands' side of a node's API: what {@code millrace nodes}, {@code drain} and {@code config}
 * ask of a running node.
 */
@NullMarked
package dev.millrace.server.admin;

import org.jspecify.annotations.NullMarked;
