package dev.millrace.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.event.KeyValuePair;

/**
 * One readable line an event: {@code 2026-11-21 10:20:30.123 INFO live/main publishing conn=7
 * (RtmpServer)}. The stream's name, from key-values or the MDC, stands before the message, other
 * key-values behind it. Control characters, which peers may have put into a value, are replaced, so
 * that nobody can forge a line.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  private static final String STREAM = "stream";

  private final DateTimeFormatter time =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  @Override
  public String doLayout(ILoggingEvent event) {
    Map<String, String> facts = facts(event);
    StringBuilder line = new StringBuilder(160);
    time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append("%-5s".formatted(event.getLevel())).append(' ');
    String stream = facts.remove(STREAM);
    if (stream != null) {
      line.append(stream).append(' ');
    }
    line.append(event.getFormattedMessage());
    facts.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    line.append(" (").append(simpleName(event.getLoggerName())).append(')');
    StringBuilder out = new StringBuilder(withoutControls(line)).append('\n');
    if (event.getThrowableProxy() != null) {
      out.append(ThrowableProxyUtil.asString(event.getThrowableProxy())).append('\n');
    }
    return out.toString();
  }

  private static Map<String, String> facts(ILoggingEvent event) {
    Map<String, String> facts = new TreeMap<>(event.getMDCPropertyMap());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> facts.put(pair.key, String.valueOf(pair.value)));
    }
    return facts;
  }

  private static String simpleName(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static String withoutControls(CharSequence text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '\uFFFD' : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
