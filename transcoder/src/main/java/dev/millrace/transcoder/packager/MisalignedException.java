package dev.millrace.transcoder.packager;

import dev.millrace.media.log.LogPosition;

/** The log goes on at another position than its writer believed. */
final class MisalignedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MisalignedException(LogPosition expected) {
    super("the sink expects " + expected, null, false, false);
  }
}
