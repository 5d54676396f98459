package dev.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class LineLayoutTest {
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  private LoggingEvent event(String message) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("dev.millrace.ingest.Rtmp"), Level.WARN, message, null, null);
    event.setInstant(Instant.EPOCH);
    return event;
  }

  @Test
  void putsTheStreamBeforeAndOtherFactsBehindTheMessage() {
    LoggingEvent event = event("closed");
    event.addKeyValuePair(new KeyValuePair("reason", "reset"));
    event.addKeyValuePair(new KeyValuePair("stream", "live/main"));
    assertThat(new LineLayout().doLayout(event))
        .matches("1970-01-01 .* WARN  live/main closed reason=reset \\(Rtmp\\)\n");
  }

  @Test
  void staysOneLineWhateverAPeerSent() {
    LoggingEvent event = event("agent\r\n2026 ERROR forged\u001b[31m\u2028");
    String line = new LineLayout().doLayout(event);
    assertThat(line.strip()).doesNotContain("\n", "\r", "\u001b", "\u2028");
  }
}
