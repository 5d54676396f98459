package dev.millrace.server.admin;

/** A node did not do what a command asked for; the message is for the operator. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ApiException(String message) {
    super(message);
  }
}
