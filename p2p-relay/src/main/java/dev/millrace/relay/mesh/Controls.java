package dev.millrace.relay.mesh;

/**
 * The three controls of section 7, each of which can be left out: in simulations only, to show what
 * it is for. Immutable.
 *
 * @param bounded what waits for a peer is bounded
 * @param fresh nothing older than 2 D is sent
 * @param tickets only who has a ticket fetches what is late
 */
record Controls(boolean bounded, boolean fresh, boolean tickets) {
  static final Controls ALL = new Controls(true, true, true);
}
