package dev.millrace.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The same meters for each of several things that come and go, told apart by tags. Not safe for
 * several threads.
 */
final class MeterGroup<T> {
  private final MeterRegistry registry;
  private final List<Meter<T>> meters;
  private final Map<Tags, Shown<T>> shown = new HashMap<>();

  MeterGroup(MeterRegistry registry, List<Meter<T>> meters) {
    this.registry = registry;
    this.meters = meters;
  }

  /** Shows these samples and no others. */
  void show(Map<Tags, T> samples) {
    shown
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !samples.containsKey(each.getKey());
              if (gone) {
                each.getValue().registered.forEach(registry::remove);
              }
              return gone;
            });
    samples.forEach(
        (tags, sample) -> {
          Shown<T> known = shown.get(tags);
          if (known == null) {
            shown.put(tags, new Shown<>(registry, meters, tags, sample));
          } else {
            known.newest = sample;
          }
        });
  }

  /** One thing, with its newest sample. */
  private static final class Shown<T> implements Supplier<T> {
    private final List<io.micrometer.core.instrument.Meter> registered;
    private T newest;

    Shown(MeterRegistry registry, List<Meter<T>> meters, Tags tags, T first) {
      this.newest = first;
      this.registered = meters.stream().map(meter -> meter.register(registry, tags, this)).toList();
    }

    @Override
    public T get() {
      return newest;
    }
  }
}
