package dev.millrace.relay.mesh;

/**
 * What was given to connections and is not out yet, if the uplink carries what it is said to carry:
 * a network takes more than it has sent, and what waits there delays all that is sent behind it.
 * Mesh's executor.
 */
final class Uplink {
  private static final long NANOS_OF_BIT_AT_ONE_KBIT = 1_000_000;

  private final Ground ground;
  private long freeAt;

  Uplink(Ground ground) {
    this.ground = ground;
    this.freeAt = ground.now();
  }

  /** So many bytes were given to a connection. */
  void sent(int bytes) {
    freeAt =
        Math.max(freeAt, ground.now())
            + (long) bytes * Byte.SIZE * NANOS_OF_BIT_AT_ONE_KBIT / ground.self().uplinkKbit();
  }

  /** What is on its way through it. */
  long waitingBytes() {
    long nanos = Math.max(0, freeAt - ground.now());
    return nanos * ground.self().uplinkKbit() / NANOS_OF_BIT_AT_ONE_KBIT / Byte.SIZE;
  }
}
