package dev.millrace.media.log;

import java.util.Optional;

/** Which record of a stream's log is meant, in a {@link SignedBlock}. Immutable. */
public sealed interface RecordName {
  /** The beginning of a presentation. */
  record Opening(long epoch) implements RecordName {
    @Override
    public String toString() {
      return "opened " + epoch;
    }
  }

  /** What a rendition is, by the name of its initialization section. */
  record Description(String rendition, String init) implements RecordName {
    @Override
    public String toString() {
      return "described " + rendition + " " + init;
    }
  }

  /** A part, gap or end marker. */
  record Entry(String rendition, LogPosition at) implements RecordName {
    @Override
    public String toString() {
      return "appended " + rendition + " " + at;
    }
  }

  /** The end of a presentation. */
  record Ending(long epoch) implements RecordName {
    @Override
    public String toString() {
      return "ended " + epoch;
    }
  }

  /**
   * The name of a record; empty for those that are not signed.
   *
   * @param presentation the epoch with which the presentation was opened
   */
  static Optional<RecordName> of(LogRecord record, long presentation) {
    return switch (record) {
      case LogRecord.Opened(long epoch, var targets) -> Optional.of(new Opening(epoch));
      case LogRecord.Described(var it) -> Optional.of(new Description(it.name(), it.init()));
      case LogRecord.Appended(var rendition, var entry) ->
          Optional.of(new Entry(rendition, entry.position()));
      case LogRecord.Ended ignored -> Optional.of(new Ending(presentation));
      case LogRecord.Expected ignored -> Optional.empty();
      case LogRecord.Pictured ignored -> Optional.empty();
      case LogRecord.Signing ignored -> Optional.empty();
    };
  }
}
