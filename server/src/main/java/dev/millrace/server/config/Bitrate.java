package dev.millrace.server.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How bit rates are written: {@code 64k}, {@code 2800k}, {@code 2.8M}; at most a gigabit. */
final class Bitrate {
  static final String EXPECTED = "a bit rate like 64k, 2800k or 2.8M";
  static final String BANDWIDTH_EXPECTED = "0 or bits a second like 800M or 10G";

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})(?:\\.([0-9]{1,3}))?([kM])");
  private static final long MAX_BPS = 1_000_000_000;

  private Bitrate() {}

  /** Bits a second; empty if it is none, zero or too much. */
  static Optional<Long> read(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String fraction = Optional.ofNullable(parts.group(2)).orElse("");
    long thousandths = Long.parseLong(parts.group(1) + (fraction + "000").substring(0, 3));
    long bps = parts.group(3).equals("M") ? thousandths * 1000 : thousandths;
    return Optional.of(bps).filter(value -> value >= 1000 && value <= MAX_BPS);
  }

  /** What a line carries: as {@link #read}, and {@code 10G}; 0 where nobody says. */
  static Optional<Long> readBandwidth(String text) {
    if (text.equals("0")) {
      return Optional.of(0L);
    }
    return text.endsWith("G")
        ? read(text.substring(0, text.length() - 1) + "M").map(bps -> bps * 1000)
        : read(text);
  }

  static String writeBandwidth(long bps) {
    if (bps == 0) {
      return "0";
    }
    return bps % 1_000_000_000 == 0 ? bps / 1_000_000_000 + "G" : write(bps);
  }

  static String write(long bps) {
    if (bps % 1_000_000 == 0) {
      return bps / 1_000_000 + "M";
    }
    return bps % 1000 == 0
        ? bps / 1000 + "k"
        : bps / 1000 + "." + String.format(java.util.Locale.ROOT, "%03d", bps % 1000) + "k";
  }
}
