package dev.millrace.relay.mesh;

import dev.millrace.media.ProtocolException;

/** Bounds of the fields of frames. Stateless. */
final class Bounds {
  private Bounds() {}

  /**
   * Gives the value.
   *
   * @throws ProtocolException (malformed) if it is out of bounds
   */
  static long check(FrameType type, long value, long least, long most) {
    if (value < least || value > most) {
      throw ProtocolException.malformed(
          "%s has %d where %d to %d are possible".formatted(type, value, least, most));
    }
    return value;
  }

  /**
   * Checks a condition of several fields.
   *
   * @throws ProtocolException (malformed) if it does not hold
   */
  static void check(FrameType type, boolean holds, String condition) {
    if (!holds) {
      throw ProtocolException.malformed(type + " needs " + condition);
    }
  }
}
