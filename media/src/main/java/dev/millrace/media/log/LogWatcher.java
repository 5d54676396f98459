package dev.millrace.media.log;

/**
 * Who follows a stream's logs and wants to know how the following fares. Called one call at a time,
 * in order, on the source's thread; must not block.
 */
public interface LogWatcher {
  /** One more record; see {@link LogRecord} for their order. */
  void record(LogRecord record);

  /**
   * All that was there when the following began has been told, which may be nothing; what comes
   * from now on is new. Told once.
   */
  default void windowComplete() {}

  /** The following ended and tells nothing more: the other side is gone, silent, or has nothing. */
  default void gone(String reason) {}
}
