package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which site an address is of. Immutable. */
public final class Sites {
  /** No site is known. */
  public static final Sites NONE = new Sites(Map.of());

  private record Part(String site, Subnet subnet) {}

  /** The narrowest first. */
  private final List<Part> parts;

  /**
   * @param subnets of each site; where they overlap the narrowest counts
   */
  public Sites(Map<String, List<Subnet>> subnets) {
    this.parts =
        subnets.entrySet().stream()
            .flatMap(site -> site.getValue().stream().map(each -> new Part(site.getKey(), each)))
            .sorted(
                Comparator.comparingInt((Part part) -> part.subnet.bits())
                    .reversed()
                    .thenComparing(Part::site))
            .toList();
  }

  /** The site of an address; empty if it is of none. */
  public Optional<String> of(InetAddress address) {
    return parts.stream().filter(part -> part.subnet.contains(address)).findFirst().map(Part::site);
  }
}
