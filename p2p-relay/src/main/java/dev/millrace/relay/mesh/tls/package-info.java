/** Binding T of the relay protocol: connections between the relays of a site, over TLS. */
@NullMarked
package dev.millrace.relay.mesh.tls;

import org.jspecify.annotations.NullMarked;
