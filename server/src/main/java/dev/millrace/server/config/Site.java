package dev.millrace.server.config;

import dev.millrace.relay.swarm.Subnet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A controlled network behind a narrow line: a campus, a company, a hotel.
 *
 * @param name 1 to 32 of a-z 0-9 and -, beginning with a letter or digit
 * @param subnets whose addresses are its; at least one
 */
public record Site(String name, List<Subnet> subnets) {
  /** Completes "expected ...". */
  static final String EXPECTED =
      "a list of NAME=SUBNET, and further subnets of the same site behind it, like"
          + " campus=10.20.0.0/16, 10.21.0.0/16, hotel=2001:db8:7::/48";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  public Site {
    subnets = List.copyOf(subnets);
  }

  /** Whether a site can have this name. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Reads subnets; empty if one is none. */
  static Optional<List<Subnet>> readSubnets(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    try {
      return Optional.of(
          Stream.of(text.split(",", -1)).map(String::strip).map(Subnet::parse).toList());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Reads what {@link #EXPECTED} describes; nothing is the empty list, each name comes once. */
  static Optional<List<Site>> readAll(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    Map<String, List<Subnet>> sites = new LinkedHashMap<>();
    String name = "";
    for (String each : text.split(",", -1)) {
      int equals = each.indexOf('=');
      if (equals >= 0) {
        name = each.substring(0, equals).strip();
        if (!NAME.matcher(name).matches() || sites.containsKey(name)) {
          return Optional.empty();
        }
        sites.put(name, new ArrayList<>());
      }
      List<Subnet> subnets = sites.get(name);
      if (subnets == null) {
        return Optional.empty();
      }
      try {
        subnets.add(Subnet.parse(each.substring(equals + 1).strip()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.of(
        sites.entrySet().stream().map(site -> new Site(site.getKey(), site.getValue())).toList());
  }

  static String writeAll(List<Site> sites) {
    return sites.stream().flatMap(Site::written).collect(Collectors.joining(", "));
  }

  private Stream<String> written() {
    return Stream.concat(
        Stream.of(name + "=" + subnets.getFirst()), subnets.stream().skip(1).map(Subnet::toString));
  }
}
