package dev.millrace.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientLagTest {
  private final List<Long> lateMillis = new ArrayList<>();
  private long nanos = -7;
  private final ClientLag lag =
      new ClientLag(() -> nanos, late -> lateMillis.add(TimeUnit.NANOSECONDS.toMillis(late)));

  private void runAfter(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    lag.run();
  }

  @Test
  void threadThatIsInTimeIsNotLate() {
    for (int i = 0; i < 5; i++) {
      runAfter(5);
    }
    assertThat(lateMillis).containsOnly(0L).hasSize(5);
  }

  @Test
  void eachTimeThatWasMissedCountsByItself() {
    runAfter(100);
    runAfter(22);
    assertThat(lateMillis).containsExactly(0L, 17L, 12L, 7L, 2L);
    runAfter(0);
    runAfter(2);
    assertThat(lateMillis).as("a timer that makes up for it is not late").hasSize(5);
    runAfter(1);
    assertThat(lateMillis).hasSize(6).endsWith(0L);
  }
}
