/**
 * The node's settings: {@link dev.millrace.server.config.ConfigKeys} is the one definition of every
 * key with its type, default and comment; file, environment and flags are read against it, and
 * {@link dev.millrace.server.config.NodeConfig} is what the rest of the server sees. Immutable
 * values; read once at start.
 */
@NullMarked
package dev.millrace.server.config;

import org.jspecify.annotations.NullMarked;
