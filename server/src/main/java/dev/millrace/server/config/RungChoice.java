package dev.millrace.server.config;

import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.transcoder.ladder.RungSetting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A rung as it is written: {@code 720p}, {@code 720p:2800k} or {@code 720p:2M:av1}.
 *
 * @param bitrateBps empty where that of the table counts
 */
record RungChoice(int height, Optional<Long> bitrateBps, Codec codec) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{2,4})p(?::([^:]+))?(?::([^:]+))?");
  private static final int LEAST_HEIGHT = 64;
  private static final int MOST_HEIGHT = 4320;

  static RungChoice of(RungSetting rung) {
    return new RungChoice(rung.height(), Optional.of(rung.bitrateBps()), rung.codec());
  }

  /** Empty if the text is no rung. */
  static Optional<RungChoice> read(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int height = Integer.parseInt(parts.group(1));
    Optional<String> rate = Optional.ofNullable(parts.group(2));
    Optional<Long> bps = rate.flatMap(Bitrate::read);
    Optional<Codec> codec =
        Optional.ofNullable(parts.group(3)).map(RungChoice::codec).orElse(Optional.of(Codec.H264));
    boolean sound =
        height >= LEAST_HEIGHT
            && height <= MOST_HEIGHT
            && height % 2 == 0
            && rate.isPresent() == bps.isPresent()
            && codec.isPresent();
    return sound ? Optional.of(new RungChoice(height, bps, codec.get())) : Optional.empty();
  }

  /** Comma separated; empty if one is no rung or stands twice. */
  static Optional<List<RungChoice>> readAll(String text) {
    List<RungChoice> rungs = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      Optional<RungChoice> rung = read(word.strip());
      if (rung.isEmpty() || rungs.stream().anyMatch(rung.get()::hasNameOf)) {
        return Optional.empty();
      }
      rungs.add(rung.get());
    }
    return Optional.of(List.copyOf(rungs));
  }

  static String writeAll(List<RungChoice> rungs) {
    return rungs.stream().map(RungChoice::text).collect(Collectors.joining(", "));
  }

  String text() {
    String rate = bitrateBps.map(bps -> ":" + Bitrate.write(bps)).orElse("");
    return height + "p" + rate + (codec == Codec.H264 ? "" : ":" + word(codec));
  }

  private boolean hasNameOf(RungChoice other) {
    return height == other.height && codec == other.codec;
  }

  /**
   * With the bit rate of the table where it has none of its own.
   *
   * @return empty if the table has no such rung either
   */
  Optional<RungSetting> in(List<RungSetting> table) {
    return bitrateBps
        .or(
            () ->
                table.stream()
                    .filter(rung -> rung.height() == height && rung.codec() == codec)
                    .findFirst()
                    .map(RungSetting::bitrateBps))
        .map(bps -> new RungSetting(height, bps, codec));
  }

  private static Optional<Codec> codec(String word) {
    return Arrays.stream(Codec.values()).filter(codec -> word(codec).equals(word)).findFirst();
  }

  private static String word(Codec codec) {
    return codec.name().toLowerCase(Locale.ROOT);
  }
}
