package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks what one holder tells of one stream's log, before it is merged with what others tell. Any
 * thread, one call at a time.
 */
public interface LogCheck {
  /**
   * Takes a record, in the holder's order.
   *
   * @throws dev.millrace.media.ProtocolException if the holder is not to be believed: the message
   *     says why
   */
  void record(LogRecord record);

  /** The holder has told its present window. */
  void windowComplete();

  /**
   * Verifies what has come and was not verified.
   *
   * @return the signers and blocks that were found right since this was asked last, in order
   * @throws dev.millrace.media.ProtocolException if one is wrong
   */
  List<LogRecord.Signing> prove();

  /** Whether records are told to followers only when {@link #released} gives them. */
  default boolean holds() {
    return false;
  }

  /** The records that were held and may be told now, in order; those of the window first. */
  default List<LogRecord> released() {
    return List.of();
  }

  /** Whether all of a window that was held has been released; true once. */
  default boolean windowReleased() {
    return false;
  }

  /**
   * A quarter of a second has passed while this process ran.
   *
   * @throws dev.millrace.media.ProtocolException if too much is unsigned for too long
   */
  void tick();

  /** Believes everything, and passes on what is signed: for holders of this very process. */
  static LogCheck believing() {
    return new LogCheck() {
      private List<LogRecord.Signing> came = new ArrayList<>();

      @Override
      public synchronized void record(LogRecord record) {
        if (record instanceof LogRecord.Signing signing) {
          came.add(signing);
        }
      }

      @Override
      public void windowComplete() {}

      @Override
      public synchronized List<LogRecord.Signing> prove() {
        List<LogRecord.Signing> proven = came;
        came = new ArrayList<>();
        return proven;
      }

      @Override
      public void tick() {}
    };
  }
}
