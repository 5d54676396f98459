/**
 * What makes a group of nodes a closed one: a secret text, the keys that everyone who knows it
 * derives from it, and the certificates that nodes show each other.
 *
 * <p>HKDF with SHA-256 (RFC 5869), ECDSA on P-256, certificates as RFC 5280 has them. Used by
 * {@code server} at start; immutable, any thread.
 */
@NullMarked
package dev.millrace.cluster.secret;

import org.jspecify.annotations.NullMarked;
