package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an edge keeps of sites: who is there, and how much they take. */
class SiteRegistryTest {
  private long now = 1_000_000_000_000L;
  private final SiteRegistry registry = new SiteRegistry(List.of("campus", "hotel"), () -> now);

  private static SiteReport report(String name) {
    return new SiteReport("id-" + name, name, URI.create("http://h:1"), 0, 0, 0, false, Map.of());
  }

  private List<String> names(String site) {
    return registry.relays(site).stream().map(each -> each.report().name()).toList();
  }

  @Test
  void aReportIsALease() {
    assertThat(registry.hear("campus", report("b"))).isTrue();
    now += TimeUnit.SECONDS.toNanos(10);
    assertThat(registry.hear("campus", report("a"))).isTrue();
    assertThat(names("campus")).containsExactly("a", "b");
    assertThat(names("hotel")).isEmpty();
    now += TimeUnit.SECONDS.toNanos(6);
    assertThat(names("campus")).containsExactly("a");
    assertThat(registry.hear("campus", report("b"))).isTrue();
    assertThat(names("campus")).containsExactly("a", "b");
  }

  @Test
  void othersAreNotHeard() {
    assertThat(registry.hear("nowhere", report("a"))).isFalse();
    assertThat(registry.relays("nowhere")).isEmpty();
    for (int i = 0; i < SiteRegistry.MOST; i++) {
      assertThat(registry.hear("campus", report("r" + i))).isTrue();
    }
    assertThat(registry.hear("campus", report("one-too-many"))).isFalse();
    assertThat(registry.hear("campus", report("r7"))).as("one that is there").isTrue();
    assertThat(registry.hear("hotel", report("other"))).isTrue();
  }
}
