package dev.millrace.server.site;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import java.util.concurrent.atomic.LongAdder;

/** Counts the records of a log that is read. */
record CountedLog(LogWatcher watcher, LongAdder records) implements LogWatcher {
  @Override
  public void record(LogRecord record) {
    records.increment();
    watcher.record(record);
  }

  @Override
  public void windowComplete() {
    watcher.windowComplete();
  }

  @Override
  public void gone(String reason) {
    watcher.gone(reason);
  }
}
