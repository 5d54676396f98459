/** Binding M of the relay protocol on the wire: multicast datagrams by UDP. */
@NullMarked
package dev.millrace.relay.mesh.udp;

import org.jspecify.annotations.NullMarked;
