package dev.millrace.ingest.rtmp;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps all that is logged while it is open. */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  LogCapture() {
    start();
    root.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  /** Messages with their key-values, of loggers whose name ends like this. */
  List<String> lines(String logger) {
    return events.stream()
        .filter(event -> event.getLoggerName().endsWith(logger))
        .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs())
        .toList();
  }

  /** Everything, for finding what must not be in it. */
  String all() {
    return String.join("\n", lines(""));
  }

  @Override
  public void close() {
    root.detachAppender(this);
    stop();
  }
}
