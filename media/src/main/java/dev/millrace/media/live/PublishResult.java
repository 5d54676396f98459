package dev.millrace.media.live;

import java.util.Optional;

/** The answer to a {@link PublishRequest}. */
public sealed interface PublishResult {
  /**
   * The publisher owns the path now.
   *
   * @param takenOver whether a live publication of the same owner was ended here for it; the caller
   *     writes the audit line
   * @param takenFrom name of the node where a live publication of the same owner ends because of it
   */
  record Accepted(Publication publication, boolean takenOver, Optional<String> takenFrom)
      implements PublishResult {}

  /** Another owner has the path, or the server is stopping. The reason may be told to the peer. */
  record Refused(String reason) implements PublishResult {}
}
