/**
 * Virtual hosts on one Linux machine, whose network can be cut, healed and made slow. Test scope
 * only.
 */
@NullMarked
package dev.millrace.testkit.net;

import org.jspecify.annotations.NullMarked;
