package dev.millrace.server.config;

import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which streams the relays of a site may read: paths, or beginnings of paths with an asterisk
 * behind. A site that is not named here may read all. Immutable.
 */
public record SiteStreams(Map<String, List<String>> bySite) {
  /** Every site may read all. */
  public static final SiteStreams ALL = new SiteStreams(Map.of());

  /** Completes "expected ...". */
  static final String EXPECTED =
      "a list of SITE=APP/STREAM, and further streams of the same site behind it, an asterisk at"
          + " the end for all that begin so, like campus=live/lectures-*, live/news, hotel=tv/*";

  private static final Pattern ENTRY =
      Pattern.compile(
          "(?:([a-z0-9-]{1,32})\\s*=\\s*)?([A-Za-z0-9_~-][A-Za-z0-9_.~-]*/[A-Za-z0-9_.~-]*\\*?)");

  public SiteStreams {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    bySite.forEach((site, patterns) -> copy.put(site, List.copyOf(patterns)));
    bySite = copy;
  }

  /** Whether a site may read a stream. */
  public boolean mayRead(String site, StreamPath path) {
    List<String> patterns = bySite.get(site);
    return patterns == null || patterns.stream().anyMatch(each -> covers(each, path.toString()));
  }

  private static boolean covers(String pattern, String path) {
    return pattern.endsWith("*")
        ? path.startsWith(pattern.substring(0, pattern.length() - 1))
        : path.equals(pattern);
  }

  /** Reads what {@link #EXPECTED} describes; nothing is {@link #ALL}, each site comes once. */
  static Optional<SiteStreams> read(String text) {
    Map<String, List<String>> bySite = new LinkedHashMap<>();
    List<String> patterns = null;
    if (text.isBlank()) {
      return Optional.of(ALL);
    }
    for (String each : text.split(",", -1)) {
      Matcher entry = ENTRY.matcher(each.strip());
      if (!entry.matches()) {
        return Optional.empty();
      }
      if (entry.group(1) != null) {
        patterns = new ArrayList<>();
        if (bySite.put(entry.group(1), patterns) != null) {
          return Optional.empty();
        }
      }
      if (patterns == null) {
        return Optional.empty();
      }
      patterns.add(entry.group(2));
    }
    return Optional.of(new SiteStreams(bySite));
  }

  String write() {
    return bySite.entrySet().stream()
        .map(each -> each.getKey() + "=" + String.join(", ", each.getValue()))
        .collect(Collectors.joining(", "));
  }
}
