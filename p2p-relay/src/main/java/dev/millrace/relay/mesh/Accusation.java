package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;

/**
 * That a relay sent what it must not, as another one of its site saw (section 9). Immutable.
 *
 * @param peer who did
 * @param fault which fault of all that the accuser ever saw, from 1: a higher one is a new one
 */
public record Accusation(Bytes peer, int fault) {
  /** As many as are told and heard of one accuser; those of the newest faults. */
  public static final int MOST = 8;
}
