package dev.millrace.server.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads out of a media playlist what a load driver needs; not a validating parser. */
final class MediaPlaylistReader {
  private static final Pattern PART =
      Pattern.compile(
          "#EXT-X-PART:.*?DURATION=([0-9.]+).*?URI=\"([^\"]+)\"|#EXT-X-PART:.*?URI=\"([^\"]+)\".*?DURATION=([0-9.]+)");
  private static final Pattern NAME = Pattern.compile("(\\d+)-(\\d+)\\.(\\d+)\\.m4s");

  private MediaPlaylistReader() {}

  /** One listed part. */
  record Part(String uri, long msn, int index, double seconds, boolean gap) {}

  /** The parts listed, oldest first. */
  static List<Part> parts(String playlist) {
    List<Part> parts = new ArrayList<>();
    for (String line : playlist.split("\n", -1)) {
      Matcher part = PART.matcher(line);
      if (part.find()) {
        String uri = part.group(2) != null ? part.group(2) : part.group(3);
        String seconds = part.group(1) != null ? part.group(1) : part.group(4);
        Matcher name = NAME.matcher(uri);
        if (name.find()) {
          parts.add(
              new Part(
                  uri,
                  Long.parseLong(name.group(2)),
                  Integer.parseInt(name.group(3)),
                  Double.parseDouble(seconds),
                  line.contains("GAP=YES")));
        }
      }
    }
    return parts;
  }

  /** The renditions' playlist addresses in a multivariant playlist. */
  static List<String> renditions(String multivariant) {
    List<String> uris = new ArrayList<>();
    Matcher media = Pattern.compile("#EXT-X-MEDIA:.*?URI=\"([^\"]+)\"").matcher(multivariant);
    while (media.find()) {
      uris.add(media.group(1));
    }
    boolean variant = false;
    for (String line : multivariant.split("\n", -1)) {
      if (variant && !line.isBlank()) {
        uris.add(line.strip());
      }
      variant = line.startsWith("#EXT-X-STREAM-INF");
    }
    return uris.stream().distinct().toList();
  }
}
