package dev.millrace.transcoder.worker;

import java.io.IOException;

/**
 * A worker cannot be started now, and that says nothing against its stream: all places are taken,
 * or no node could be reached. Worth another try soon. The message is a sentence for operators.
 */
public final class NoPlaceException extends IOException {
  private static final long serialVersionUID = 1;

  public NoPlaceException(String message) {
    super(message);
  }
}
