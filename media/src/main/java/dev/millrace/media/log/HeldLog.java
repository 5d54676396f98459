package dev.millrace.media.log;

/** What one holder has told {@link LogMerge}. Single-threaded. */
final class HeldLog {
  private StreamView view = StreamView.empty();
  private boolean complete;
  private boolean writer;

  void apply(LogRecord record) {
    view = view.apply(record);
  }

  void completed() {
    complete = true;
  }

  void writer(boolean is) {
    writer = is;
  }

  /** Whether its node is where the log is written, so that others have all of it from there. */
  boolean isWriter() {
    return writer;
  }

  StreamView view() {
    return view;
  }

  /** Whether its window was told, so that what it does not have it will not tell either. */
  boolean isComplete() {
    return complete;
  }

  /** Whether it tells of the same presentation. */
  boolean isOf(StreamView merged) {
    return view.opened() && view.presentationEpoch() == merged.presentationEpoch();
  }

  /** Whether it has a segment behind all of the merged log, in some rendition. */
  boolean isAheadOf(StreamView merged) {
    return view.renditions().stream()
        .filter(theirs -> !theirs.segments().isEmpty())
        .anyMatch(
            theirs ->
                merged
                    .rendition(theirs.description().name())
                    .filter(ours -> !ours.segments().isEmpty())
                    .filter(ours -> LogJoin.isAhead(theirs, ours))
                    .isPresent());
  }

  /** Whether it knows the newest session of the merged log and has all of it, but for a part. */
  boolean isLevelWith(StreamView merged) {
    return view.epoch() >= merged.epoch()
        && merged.renditions().stream()
            .allMatch(
                ours ->
                    ours.segments().isEmpty()
                        || view.rendition(ours.description().name())
                            .filter(theirs -> LogJoin.isLevel(theirs, ours))
                            .isPresent());
  }

  /** Whether no rendition of the merged log would go back if it began anew from here. */
  boolean covers(StreamView merged) {
    return merged.renditions().stream()
        .filter(ours -> !ours.segments().isEmpty())
        .allMatch(
            ours ->
                view.rendition(ours.description().name())
                    .filter(theirs -> !theirs.segments().isEmpty())
                    .filter(theirs -> LogJoin.has(theirs, ours) || LogJoin.isAhead(theirs, ours))
                    .isPresent());
  }
}
