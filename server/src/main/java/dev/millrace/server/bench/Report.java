package dev.millrace.server.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Named figures in the order they were added, printed as text for a person or JSON for a program.
 */
final class Report {
  private final Map<String, Object> figures = new LinkedHashMap<>();

  Report add(String name, long value) {
    figures.put(name, value);
    return this;
  }

  Report add(String name, double value) {
    figures.put(name, Math.round(value * 1000) / 1000.0);
    return this;
  }

  /** Percentiles of a histogram of microseconds, in milliseconds; nothing if it is empty. */
  Report addMillis(String name, Histogram micros) {
    if (micros.getTotalCount() > 0) {
      add(name + "-ms-p50", micros.getValueAtPercentile(50) / 1000.0);
      add(name + "-ms-p95", micros.getValueAtPercentile(95) / 1000.0);
      add(name + "-ms-p99", micros.getValueAtPercentile(99) / 1000.0);
      add(name + "-ms-max", micros.getMaxValue() / 1000.0);
      add(name + "-count", micros.getTotalCount());
    }
    return this;
  }

  String text() {
    return figures.entrySet().stream()
        .map(figure -> String.format(Locale.ROOT, "%-36s %s", figure.getKey(), figure.getValue()))
        .collect(Collectors.joining("\n"));
  }

  String json() {
    return figures.entrySet().stream()
        .map(figure -> "\"" + figure.getKey() + "\": " + figure.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
