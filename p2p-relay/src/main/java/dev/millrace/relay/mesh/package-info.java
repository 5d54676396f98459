/**
 * The relays of a site share the parts of live streams among themselves
 * (docs/reference/relay-protocol.md).
 */
@NullMarked
package dev.millrace.relay.mesh;

import org.jspecify.annotations.NullMarked;
