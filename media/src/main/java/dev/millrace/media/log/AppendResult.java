package dev.millrace.media.log;

/** What a {@link RenditionSink} answers a writer. */
public sealed interface AppendResult {
  /** It is in the log. */
  record Accepted() implements AppendResult {}

  /** A newer session owns the path: the writer must stop. */
  record Stale(long newestEpoch) implements AppendResult {}

  /** The log has no holes: this position is expected instead; the writer sends what is missing. */
  record Expected(LogPosition position) implements AppendResult {}

  /** It is in the log. */
  AppendResult ACCEPTED = new Accepted();
}
