package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.Drain.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DrainTest {
  private final AtomicLong nanos = new AtomicLong();

  /** Time passes with each look. */
  private final Drain drain = new Drain(() -> nanos.addAndGet(10_000_000));

  private final List<String> begun = new ArrayList<>();

  private Part part(String name, int looksUntilDone) {
    AtomicInteger looks = new AtomicInteger();
    return new Part(
        () -> begun.add(name),
        () -> looks.incrementAndGet() > looksUntilDone ? Optional.empty() : Optional.of(name));
  }

  @Test
  void beginsAllInTheirOrderAndWaitsForEach() {
    assertThat(
            drain.run(
                List.of(part("publishers", 3), part("viewers", 1)), () -> Duration.ofSeconds(5)))
        .isTrue();
    assertThat(begun).containsExactly("publishers", "viewers");
    assertThat(nanos.get()).isGreaterThan(40_000_000);
  }

  @Test
  void endsAtTheDeadlineWithWhatIsLeft() {
    assertThat(drain.run(List.of(part("viewers", Integer.MAX_VALUE)), () -> Duration.ofMillis(100)))
        .isFalse();
  }

  @Test
  void isEndedByAnotherOrderWithAShorterDeadline() {
    Duration[] deadline = {Duration.ofDays(1)};
    Part stuck =
        new Part(
            () -> begun.add("viewers"),
            () -> {
              if (nanos.get() > 100_000_000) {
                deadline[0] = Duration.ZERO;
              }
              return Optional.of("viewers");
            });
    assertThat(drain.run(List.of(stuck), () -> deadline[0])).isFalse();
  }

  @Test
  void isNotHeldUpByAPartThatFails() {
    Part broken =
        new Part(
            () -> {
              throw new IllegalStateException("broken, as this test wants it");
            },
            () -> Optional.of("never"));
    assertThat(drain.run(List.of(broken, part("viewers", 1)), () -> Duration.ofSeconds(5)))
        .isTrue();
    assertThat(begun).containsExactly("viewers");
  }
}
