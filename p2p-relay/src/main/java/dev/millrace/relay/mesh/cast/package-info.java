/**
 * Binding M of the relay protocol: a part as symbols of an erasure code, once to all relays of a
 * site that hear multicast (docs/reference/relay-protocol.md, sections 5 and 8). No sockets,
 * threads or clocks: {@code relay.mesh.udp} has the sockets, all else runs on the mesh's executor.
 */
@NullMarked
package dev.millrace.relay.mesh.cast;

import org.jspecify.annotations.NullMarked;
