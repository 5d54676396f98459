/**
 * Virtual hosts on one Linux machine, whose network can be cut, healed and made slow: for {@code
 * millrace chaos} and for end-to-end tests.
 */
@NullMarked
package dev.millrace.server.hosts;

import org.jspecify.annotations.NullMarked;
