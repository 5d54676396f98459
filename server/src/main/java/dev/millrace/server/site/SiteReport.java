package dev.millrace.server.site;

import dev.millrace.media.ProtocolException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a relay says of itself, as text: {@code relay ID NAME URL}, {@code load SHARE VIEWERS
 * BYTES-PER-SECOND}, {@code draining} if it is, and {@code counter NAME VALUE} for each. Immutable.
 *
 * @param id of its node, unique for ever
 * @param name for people
 * @param url what players use, without a path
 * @param share of what it can do that it does, from 0
 * @param bytesPerSecond to viewers
 * @param counters by name, since its start; at most 64
 */
public record SiteReport(
    String id,
    String name,
    URI url,
    double share,
    int viewers,
    long bytesPerSecond,
    boolean draining,
    Map<String, Long> counters) {
  private static final int MAX_COUNTERS = 64;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]_-]{1,255}");
  private static final Pattern COUNTER = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,47}");

  public SiteReport {
    counters = Map.copyOf(counters);
  }

  /** The text form. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("relay ").append(id).append(' ').append(name).append(' ').append(url).append('\n');
    text.append("load ").append(share).append(' ').append(viewers).append(' ');
    text.append(bytesPerSecond).append('\n').append(draining ? "draining\n" : "");
    counters.forEach(
        (counter, value) ->
            text.append("counter ").append(counter).append(' ').append(value).append('\n'));
    return text.toString();
  }

  /**
   * Reads the text form; lines that it does not know are passed over.
   *
   * @throws ProtocolException (malformed) if it is no report
   */
  public static SiteReport parse(String text) {
    String[] relay = {};
    String[] load = {};
    boolean draining = false;
    Map<String, Long> counters = new LinkedHashMap<>();
    try {
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "relay" -> relay = words;
          case "load" -> load = words;
          case "draining" -> draining = true;
          case "counter" -> {
            if (words.length == 3
                && COUNTER.matcher(words[1]).matches()
                && counters.size() < MAX_COUNTERS) {
              counters.put(words[1], Long.parseLong(words[2]));
            }
          }
          default -> {}
        }
      }
      if (relay.length == 4
          && load.length == 4
          && ID.matcher(relay[1]).matches()
          && NAME.matcher(relay[2]).matches()
          && URL.matcher(relay[3]).matches()) {
        return new SiteReport(
            relay[1],
            relay[2],
            URI.create(relay[3]),
            Math.clamp(Double.parseDouble(load[1]), 0, 100),
            Math.max(0, Integer.parseInt(load[2])),
            Math.max(0, Long.parseLong(load[3])),
            draining,
            counters);
      }
    } catch (IllegalArgumentException e) {
      throw ProtocolException.malformed("a report has a number that is none: " + e.getMessage());
    }
    throw ProtocolException.malformed("a report has the lines 'relay ID NAME URL' and 'load ...'");
  }
}
