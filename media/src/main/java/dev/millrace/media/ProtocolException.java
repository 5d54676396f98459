package dev.millrace.media;

/**
 * A peer or file broke a format, asked for something unsupported, or crossed a limit. Stackless,
 * because a peer can cause it at will; caught at exactly one place per connection type. The message
 * says what was expected, what was found and where, for example {@code chunk size 0, must be
 * 1..16777216 (RTMP §5.4.1)}.
 */
public final class ProtocolException extends RuntimeException {
  /** Whose fault it is; also a metric tag. */
  public enum Reason {
    /** The peer broke the format. */
    MALFORMED,
    /** Legal, but this server does not do it. */
    UNSUPPORTED,
    /** Legal, but beyond a configured limit. */
    LIMIT
  }

  private final Reason reason;

  private ProtocolException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public static ProtocolException malformed(String message) {
    return new ProtocolException(Reason.MALFORMED, message);
  }

  public static ProtocolException unsupported(String message) {
    return new ProtocolException(Reason.UNSUPPORTED, message);
  }

  public static ProtocolException limit(String message) {
    return new ProtocolException(Reason.LIMIT, message);
  }

  public Reason reason() {
    return reason;
  }
}
