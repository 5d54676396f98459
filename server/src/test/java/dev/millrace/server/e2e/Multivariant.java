package dev.millrace.server.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multivariant playlist as these tests read it, each line's attributes by name and without
 * quotes; hlscheck is the one that validates.
 *
 * @param variants EXT-X-STREAM-INF with its URI as {@code URI}
 * @param audio EXT-X-MEDIA
 * @param keyFrames EXT-X-I-FRAME-STREAM-INF
 */
record Multivariant(
    List<Map<String, String>> variants,
    List<Map<String, String>> audio,
    List<Map<String, String>> keyFrames) {
  private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z-]+)=(\"[^\"]*\"|[^,]*)");

  static Multivariant parse(String text) {
    List<Map<String, String>> variants = new ArrayList<>();
    List<Map<String, String>> audio = new ArrayList<>();
    List<Map<String, String>> keyFrames = new ArrayList<>();
    Optional<Map<String, String>> variant = Optional.empty();
    for (String line : text.lines().toList()) {
      if (line.startsWith("#EXT-X-STREAM-INF:")) {
        variant = Optional.of(attributes(line));
      } else if (line.startsWith("#EXT-X-MEDIA:")) {
        audio.add(attributes(line));
      } else if (line.startsWith("#EXT-X-I-FRAME-STREAM-INF:")) {
        keyFrames.add(attributes(line));
      } else if (!line.startsWith("#") && variant.isPresent()) {
        variant.get().put("URI", line);
        variants.add(variant.get());
        variant = Optional.empty();
      }
    }
    return new Multivariant(variants, audio, keyFrames);
  }

  /** The values of these attributes of each variant, "-" where it has none. */
  List<String> variants(String... attributes) {
    return lines(variants, attributes);
  }

  /** The values of these attributes of each audio rendition. */
  List<String> audio(String... attributes) {
    return lines(audio, attributes);
  }

  /** The values of these attributes of each I-frame playlist. */
  List<String> keyFrames(String... attributes) {
    return lines(keyFrames, attributes);
  }

  private static List<String> lines(List<Map<String, String>> tags, String... attributes) {
    return tags.stream()
        .map(
            tag ->
                String.join(
                    " ",
                    List.of(attributes).stream().map(name -> tag.getOrDefault(name, "-")).toList()))
        .toList();
  }

  private static Map<String, String> attributes(String line) {
    Map<String, String> attributes = new TreeMap<>();
    Matcher attribute = ATTRIBUTE.matcher(line.substring(line.indexOf(':') + 1));
    while (attribute.find()) {
      attributes.put(attribute.group(1), attribute.group(2).replace("\"", ""));
    }
    return attributes;
  }
}
