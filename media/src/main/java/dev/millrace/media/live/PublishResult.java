package dev.millrace.media.live;

/** The answer to a {@link PublishRequest}. */
public sealed interface PublishResult {
  /**
   * The publisher owns the path now.
   *
   * @param takenOver whether a live publication of the same owner was ended for it; the caller
   *     writes the audit line
   */
  record Accepted(Publication publication, boolean takenOver) implements PublishResult {}

  /** Another owner has the path, or the server is stopping. The reason may be told to the peer. */
  record Refused(String reason) implements PublishResult {}
}
