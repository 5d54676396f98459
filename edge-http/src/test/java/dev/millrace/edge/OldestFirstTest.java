package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OldestFirstTest {
  private final OldestFirst<String> things = new OldestFirst<>();

  @Test
  void thoseToWhichNothingHappenedAreTold() {
    things.happened("a", 10);
    things.happened("b", 20);
    things.happened("c", 20);
    things.happened("d", 30);
    assertThat(things.before(10)).isEmpty();
    assertThat(things.before(11)).containsExactly("a");
    assertThat(things.before(21)).containsExactly("a", "b", "c");
    assertThat(things.before(21)).as("they stay").containsExactly("a", "b", "c");
    things.happened("a", 40);
    assertThat(things.before(31)).containsExactly("b", "c", "d");
    things.remove("c");
    things.remove("nothing");
    assertThat(things.before(31)).containsExactly("b", "d");
    assertThat(things.all()).containsExactly("b", "d", "a");
  }

  @Test
  void clockMayPassItsLargestNumber() {
    things.happened("before", Long.MAX_VALUE - 5);
    things.happened("behind", Long.MIN_VALUE + 5);
    assertThat(things.before(Long.MIN_VALUE + 3)).containsExactly("before");
  }
}
