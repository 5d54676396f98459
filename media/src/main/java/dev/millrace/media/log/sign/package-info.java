/**
 * The signed log: chains of blocks that say which records their writer wrote
 * (docs/reference/relay-protocol.md, sections 2 and 3).
 */
@NullMarked
package dev.millrace.media.log.sign;

import org.jspecify.annotations.NullMarked;
