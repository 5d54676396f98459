package dev.millrace.server.config;

import dev.millrace.relay.iptv.ChannelText;
import dev.millrace.relay.iptv.IptvChannel;
import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a setting is written: what the operator is told to write, how that is read, and how a value
 * is written back. Every type has a one-line text form, which is also its form in an environment
 * variable or a flag; lists are comma separated there.
 *
 * @param expected completes the sentence "expected ..."
 * @param reader empty if the text is not of this type
 * @param writer the text that {@code reader} reads as the same value
 */
record ValueType<T>(
    String expected, Form form, Function<String, Optional<T>> reader, Function<T, String> writer) {

  /** The shape of the value in YAML. */
  enum Form {
    SCALAR,
    TEXT,
    /** Text that is shown only to those who ask for it. */
    SECRET,
    LIST,
    KEY_LIST,
    /** Texts that hold what YAML has a meaning for. */
    TEXT_LIST,
    /** Classes of streams as words or mappings. */
    CLASS_LIST,
    /** Rungs as words or mappings, or one word that stands for some. */
    RUNG_LIST
  }

  /** Whether values must not be shown. */
  boolean isSecret() {
    return form == Form.KEY_LIST || form == Form.SECRET;
  }

  private static final Pattern SEED =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+])(:[0-9]{1,5})?");
  private static final Pattern UPSTREAM =
      Pattern.compile("https://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");
  private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})([A-Za-z]*)");

  static final ValueType<String> TEXT =
      new ValueType<>("text", Form.TEXT, Optional::of, Function.identity());

  static final ValueType<String> SECRET =
      new ValueType<>("text", Form.SECRET, Optional::of, Function.identity());

  static final ValueType<List<String>> SEEDS =
      new ValueType<>(
          "a list of HOST or HOST:PORT",
          Form.LIST,
          ValueType::readSeeds,
          list -> String.join(", ", list));

  static final ValueType<List<IptvChannel>> IPTV_CHANNELS =
      new ValueType<>(
          "a list of \"NAME=APP/STREAM rtp://GROUP:PORT?OPTIONS\" (docs/operate/iptv.md)",
          Form.TEXT_LIST,
          ValueType::readChannels,
          list -> list.stream().map(ChannelText::write).collect(Collectors.joining(", ")));

  static final ValueType<List<Site>> SITES =
      new ValueType<>(Site.EXPECTED, Form.TEXT_LIST, Site::readAll, Site::writeAll);

  static final ValueType<SiteStreams> SITE_STREAMS =
      new ValueType<>(SiteStreams.EXPECTED, Form.TEXT_LIST, SiteStreams::read, SiteStreams::write);

  static final ValueType<List<Subnet>> SUBNETS =
      new ValueType<>(
          "a list of subnets like 10.20.0.0/16 or 2001:db8:7::/48",
          Form.TEXT_LIST,
          Site::readSubnets,
          list -> list.stream().map(Subnet::toString).collect(Collectors.joining(", ")));

  static final ValueType<List<URI>> UPSTREAMS =
      new ValueType<>(
          "a list of https://HOST:PORT, without a path",
          Form.TEXT_LIST,
          ValueType::readUpstreams,
          list -> list.stream().map(URI::toString).collect(Collectors.joining(", ")));

  static final ValueType<List<ReplicaClass>> REPLICA_CLASSES =
      new ValueType<>(
          ReplicaClass.EXPECTED, Form.CLASS_LIST, ReplicaClass::readAll, ReplicaClass::writeAll);

  static final ValueType<Boolean> SWITCH =
      scalar(
          "true or false",
          text ->
              switch (text) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
              },
          String::valueOf);

  static final ValueType<Integer> PORT =
      integer("a port, 0 to 65535, where 0 means any free one", 0, 65_535);

  static final ValueType<Duration> DURATION =
      scalar(
          "a duration like 200ms, 2s, 5m or 1h", ValueType::readDuration, ValueType::writeDuration);

  static final ValueType<Long> SIZE =
      scalar("a size like 4096, 64KiB, 50MiB or 2GiB", ValueType::readSize, ValueType::writeSize);

  static final ValueType<List<PublishKey>> PUBLISH_KEYS =
      new ValueType<>(
          "a list of {path: app/name, key: SECRET of 8 to 256 visible characters}, on one line"
              + " app/name=SECRET, comma separated",
          Form.KEY_LIST,
          PublishKey::readAll,
          PublishKey::writeAll);

  static final ValueType<LadderChoice> LADDER =
      new ValueType<>(
          "auto, none or a list of different rungs like 720p or 720p:2800k",
          Form.RUNG_LIST,
          LadderChoice::read,
          LadderChoice::text);

  static final ValueType<List<RungChoice>> RUNGS =
      new ValueType<>(
          "a list of different rungs like 720p:2800k or {height: 720, bitrate: 2800k, codec: h264}",
          Form.RUNG_LIST,
          RungChoice::readAll,
          RungChoice::writeAll);

  static final ValueType<Long> BANDWIDTH =
      scalar(Bitrate.BANDWIDTH_EXPECTED, Bitrate::readBandwidth, Bitrate::writeBandwidth);

  static final ValueType<List<Long>> BITRATES =
      new ValueType<>(
          "a list of bit rates like 64k, 2800k or 2.8M",
          Form.LIST,
          ValueType::readBitrates,
          list -> list.stream().map(Bitrate::write).collect(Collectors.joining(", ")));

  static ValueType<Integer> integer(String expected, int min, int max) {
    return scalar(
        expected,
        text ->
            text.matches("[0-9]{1,9}")
                ? Optional.of(Integer.parseInt(text)).filter(n -> n >= min && n <= max)
                : Optional.empty(),
        String::valueOf);
  }

  /** One of the enum's constants, written in lower case. */
  static <E extends Enum<E>> ValueType<E> oneOf(List<E> constants) {
    return scalar("one of " + names(constants), text -> constant(constants, text), ValueType::name);
  }

  /** Any of the enum's constants, at least one. */
  static <E extends Enum<E>> ValueType<List<E>> someOf(List<E> constants) {
    return new ValueType<>(
        "a list of one or more of " + names(constants),
        Form.LIST,
        text -> {
          List<Optional<E>> read =
              Arrays.stream(text.split(",", -1))
                  .map(word -> constant(constants, word.strip()))
                  .toList();
          return read.stream().allMatch(Optional::isPresent)
              ? Optional.of(read.stream().flatMap(Optional::stream).distinct().sorted().toList())
              : Optional.empty();
        },
        list -> list.stream().map(ValueType::name).collect(Collectors.joining(", ")));
  }

  private static <T> ValueType<T> scalar(
      String expected, Function<String, Optional<T>> reader, Function<T, String> writer) {
    return new ValueType<>(expected, Form.SCALAR, reader, writer);
  }

  private static <E extends Enum<E>> Optional<E> constant(List<E> constants, String text) {
    return constants.stream().filter(constant -> name(constant).equals(text)).findFirst();
  }

  private static <E extends Enum<E>> String names(List<E> constants) {
    return constants.stream().map(ValueType::name).collect(Collectors.joining(", "));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Optional<List<String>> readSeeds(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    List<String> seeds = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    return seeds.stream().allMatch(seed -> SEED.matcher(seed).matches())
        ? Optional.of(seeds)
        : Optional.empty();
  }

  private static Optional<List<IptvChannel>> readChannels(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    try {
      return Optional.of(Arrays.stream(text.split(",", -1)).map(ChannelText::read).toList());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<URI>> readUpstreams(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    List<String> words = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    return words.stream().allMatch(word -> UPSTREAM.matcher(word).matches())
        ? Optional.of(words.stream().map(URI::create).distinct().toList())
        : Optional.empty();
  }

  private static Optional<List<Long>> readBitrates(String text) {
    List<Optional<Long>> read =
        Arrays.stream(text.split(",", -1)).map(word -> Bitrate.read(word.strip())).toList();
    return read.stream().allMatch(Optional::isPresent)
        ? Optional.of(read.stream().flatMap(Optional::stream).toList())
        : Optional.empty();
  }

  private static Optional<Duration> readDuration(String text) {
    Matcher quantity = QUANTITY.matcher(text);
    if (!quantity.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(quantity.group(1));
    if (count > 1_000_000_000_000L) {
      return Optional.empty();
    }
    return switch (quantity.group(2)) {
      case "ms" -> Optional.of(Duration.ofMillis(count));
      case "s" -> Optional.of(Duration.ofSeconds(count));
      case "m" -> Optional.of(Duration.ofMinutes(count));
      case "h" -> Optional.of(Duration.ofHours(count));
      default -> Optional.empty();
    };
  }

  private static String writeDuration(Duration value) {
    long millis = value.toMillis();
    if (millis % 3_600_000 == 0 && millis > 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 1000 == 0) {
      return millis / 1000 + "s";
    }
    return millis + "ms";
  }

  private static Optional<Long> readSize(String text) {
    Matcher quantity = QUANTITY.matcher(text);
    if (!quantity.matches()) {
      return Optional.empty();
    }
    int shift =
        switch (quantity.group(2)) {
          case "", "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> -1;
        };
    long count = Long.parseLong(quantity.group(1));
    return shift < 0 || count > Long.MAX_VALUE >> shift
        ? Optional.empty()
        : Optional.of(count << shift);
  }

  private static String writeSize(Long value) {
    if (value > 0 && value % (1L << 30) == 0) {
      return (value >> 30) + "GiB";
    }
    if (value > 0 && value % (1L << 20) == 0) {
      return (value >> 20) + "MiB";
    }
    return value > 0 && value % (1L << 10) == 0 ? (value >> 10) + "KiB" : String.valueOf(value);
  }
}
