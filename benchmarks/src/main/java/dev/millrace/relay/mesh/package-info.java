/**
 * The relays of a site in simulated time: the real mesh, a network and an edge that are models. In
 * the package of the mesh, whose pieces are its own matter.
 */
@NullMarked
package dev.millrace.relay.mesh;

import org.jspecify.annotations.NullMarked;
