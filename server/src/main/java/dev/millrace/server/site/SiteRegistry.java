package dev.millrace.server.site;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The relays that edges of the cluster heard of in the last 15 s: each report is a lease. Any
 * thread.
 */
public final class SiteRegistry {
  /** Three reports. */
  static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** Of one site; what comes beyond is not heard. */
  static final int MOST = 256;

  private final LongSupplier nanoTime;
  private final Map<String, Map<String, Heard>> sites = new LinkedHashMap<>();

  /** A report and when it came. */
  public record Heard(SiteReport report, long atNanos) {}

  /**
   * @param sites their names; of others nothing is heard
   * @param nanoTime a monotonic clock
   */
  public SiteRegistry(Collection<String> sites, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    sites.forEach(site -> this.sites.put(site, new LinkedHashMap<>()));
  }

  /** Notes a report; false if it is not of a site that is known, or one too many. */
  public synchronized boolean hear(String site, SiteReport report) {
    Map<String, Heard> relays = sites.get(site);
    if (relays == null || (!relays.containsKey(report.id()) && live(relays).size() >= MOST)) {
      return false;
    }
    relays.put(report.id(), new Heard(report, nanoTime.getAsLong()));
    return true;
  }

  /** The relays of a site that are there, by name. */
  public synchronized List<Heard> relays(String site) {
    Map<String, Heard> relays = sites.get(site);
    return relays == null ? List.of() : live(relays);
  }

  /** The sites. */
  public synchronized List<String> sites() {
    return List.copyOf(sites.keySet());
  }

  private List<Heard> live(Map<String, Heard> relays) {
    long now = nanoTime.getAsLong();
    relays.values().removeIf(each -> now - each.atNanos > LEASE_NANOS);
    return relays.values().stream()
        .sorted(Comparator.comparing((Heard each) -> each.report.name()))
        .toList();
  }
}
