/**
 * The tracker of viewers who share, at an edge: the JSON of the WebTorrent tracker protocol on the
 * one side, the rules of {@code relay.swarm} on the other.
 */
@NullMarked
package dev.millrace.server.swarm;

import org.jspecify.annotations.NullMarked;
