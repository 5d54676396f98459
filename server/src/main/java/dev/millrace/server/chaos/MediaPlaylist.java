package dev.millrace.server.chaos;

import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A media playlist as a player reads it; it does not validate. */
public record MediaPlaylist(List<Segment> segments, List<Part> parts) {
  public MediaPlaylist {
    segments = List.copyOf(segments);
    parts = List.copyOf(parts);
  }

  /** A whole segment; {@code pdtUs} is its EXT-X-PROGRAM-DATE-TIME. */
  public record Segment(
      long msn,
      long discontinuity,
      long pdtUs,
      long durationUs,
      boolean gap,
      String map,
      String uri) {}

  /** A part; {@code endUs} is wall time of its end. */
  public record Part(
      long msn,
      int index,
      long endUs,
      boolean gap,
      String uri,
      long durationUs,
      long discontinuity,
      String map) {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if an attribute is missing or no number
   */
  public static MediaPlaylist parse(String text) {
    return new Reader().read(text);
  }

  /** The whole segment of this number, if it is listed. */
  public Optional<Segment> segment(long msn) {
    return segments.stream().filter(segment -> segment.msn == msn).findFirst();
  }

  /** Number of the newest whole segment, -1 if there is none. */
  public long newest() {
    return segments.isEmpty() ? -1 : segments.getLast().msn;
  }

  /** Whether parts of this segment are listed. */
  boolean hasParts(long msn) {
    return parts.stream().anyMatch(part -> part.msn == msn);
  }

  /** Number of the oldest segment of which anything is listed, -1 if nothing is. */
  long oldest() {
    if (!segments.isEmpty()) {
      return segments.getFirst().msn;
    }
    return parts.isEmpty() ? -1 : parts.getFirst().msn;
  }

  /** When the segment begins of which these parts are listed. */
  long startUs(long msn) {
    Part first = parts.stream().filter(part -> part.msn == msn).findFirst().orElseThrow();
    return first.endUs - first.durationUs;
  }

  /** Wall time of the end of what is listed; 0 if nothing is. */
  long endUs() {
    long partsUs = parts.isEmpty() ? 0 : parts.getLast().endUs;
    long segmentsUs =
        segments.isEmpty() ? 0 : segments.getLast().pdtUs + segments.getLast().durationUs;
    return Math.max(partsUs, segmentsUs);
  }

  /** How much is listed from the first whole segment on. */
  long lengthUs() {
    return segments.isEmpty() ? 0 : endUs() - segments.getFirst().pdtUs;
  }

  private static final class Reader {
    private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z-]+)=(\"[^\"]*\"|[^,]*)");

    private final List<Segment> segments = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private long msn;
    private long discontinuity;
    private long pdtUs;
    private long durationUs;
    private long partEndUs;
    private int part;
    private boolean gap;
    private String map = "";

    MediaPlaylist read(String text) {
      text.lines().forEach(this::line);
      return new MediaPlaylist(segments, parts);
    }

    private void line(String line) {
      String value = line.substring(line.indexOf(':') + 1);
      if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) {
        msn = Long.parseLong(value);
      } else if (line.startsWith("#EXT-X-DISCONTINUITY-SEQUENCE:")) {
        discontinuity = Long.parseLong(value);
      } else if (line.equals("#EXT-X-DISCONTINUITY")) {
        discontinuity++;
      } else if (line.startsWith("#EXT-X-MAP:")) {
        map = attribute(value, "URI");
      } else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
        OffsetDateTime time = OffsetDateTime.parse(value);
        pdtUs = time.toEpochSecond() * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND);
        partEndUs = pdtUs;
      } else if (line.equals("#EXT-X-GAP")) {
        gap = true;
      } else if (line.startsWith("#EXTINF:")) {
        durationUs = micros(value.split(",", -1)[0]);
      } else if (line.startsWith("#EXT-X-PART:")) {
        long partUs = micros(attribute(value, "DURATION"));
        partEndUs += partUs;
        parts.add(
            new Part(
                msn,
                part++,
                partEndUs,
                value.contains("GAP=YES"),
                attribute(value, "URI"),
                partUs,
                discontinuity,
                map));
      } else if (!line.startsWith("#") && !line.isBlank()) {
        segments.add(new Segment(msn, discontinuity, pdtUs, durationUs, gap, map, line.strip()));
        pdtUs += durationUs;
        partEndUs = pdtUs;
        msn++;
        part = 0;
        gap = false;
      }
    }

    private static long micros(String seconds) {
      return Math.round(Double.parseDouble(seconds) * 1e6);
    }

    private static String attribute(String list, String name) {
      Matcher attribute = ATTRIBUTE.matcher(list);
      while (attribute.find()) {
        if (attribute.group(1).equals(name)) {
          return attribute.group(2).replace("\"", "");
        }
      }
      throw new IllegalArgumentException("no " + name + " in " + list);
    }
  }
}
