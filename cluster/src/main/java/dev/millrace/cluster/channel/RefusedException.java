package dev.millrace.cluster.channel;

/**
 * The nodes that were found do not let this one in, or it will not have them. The message is for an
 * operator: who, why, and what to do.
 */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
