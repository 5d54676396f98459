package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.http.LogStreamWriter;
import java.util.Optional;

/** Records as blocks name them. Stateless. */
public final class LogHashes {
  private LogHashes() {}

  /** SHA-256 of a record's form in the streamed log. */
  public static Bytes hash(LogRecord record) {
    return LogStreamWriter.write(record).sha256();
  }

  /**
   * A record with its name and hash; empty if it is none of those that are signed.
   *
   * @param presentation the epoch with which the presentation was opened
   */
  public static Optional<Covered> covered(LogRecord record, long presentation) {
    return RecordName.of(record, presentation).map(name -> new Covered(name, hash(record)));
  }
}
