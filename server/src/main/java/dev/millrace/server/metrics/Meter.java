package dev.millrace.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * One meter of the samples of type {@code T}.
 *
 * @param name in Micrometer's form: {@code millrace.stream.viewers}; Prometheus gets underscores,
 *     the unit and {@code _total} where it counts
 * @param unit in Prometheus's words ({@code seconds}, {@code bytes}); empty without one
 * @param tags beside those of the sample
 * @param description one sentence
 */
record Meter<T>(
    Kind kind, String name, String unit, Tags tags, String description, ToDoubleFunction<T> value) {
  /** Whether values may fall. */
  enum Kind {
    /** A present value. */
    GAUGE,
    /** A count since a beginning. */
    COUNTER
  }

  static <T> Meter<T> gauge(
      String name, String unit, String description, ToDoubleFunction<T> value) {
    return new Meter<>(Kind.GAUGE, name, unit, Tags.empty(), description, value);
  }

  static <T> Meter<T> counter(
      String name, String unit, String description, ToDoubleFunction<T> value) {
    return new Meter<>(Kind.COUNTER, name, unit, Tags.empty(), description, value);
  }

  /** The same with a tag of its own. */
  Meter<T> tagged(String key, String tag) {
    return new Meter<>(kind, name, unit, tags.and(key, tag), description, value);
  }

  /**
   * Registers it.
   *
   * @param sample the newest; the caller must keep the supplier, which the registry holds weakly
   */
  io.micrometer.core.instrument.Meter register(
      MeterRegistry registry, Tags ofSample, Supplier<T> sample) {
    String unitOrNone = unit.isEmpty() ? null : unit;
    return switch (kind) {
      case GAUGE ->
          Gauge.builder(name, sample, each -> value.applyAsDouble(each.get()))
              .baseUnit(unitOrNone)
              .tags(ofSample.and(tags))
              .description(description)
              .register(registry);
      case COUNTER ->
          FunctionCounter.builder(name, sample, each -> value.applyAsDouble(each.get()))
              .baseUnit(unitOrNone)
              .tags(ofSample.and(tags))
              .description(description)
              .register(registry);
    };
  }
}
