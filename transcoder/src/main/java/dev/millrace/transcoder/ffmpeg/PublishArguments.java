package dev.millrace.transcoder.ffmpeg;

import dev.millrace.transcoder.ffmpeg.PublishOptions.Size;
import dev.millrace.transcoder.ffmpeg.PublishOptions.Tracks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One reading of the arguments that {@link PublishOptions#USAGE} tells of. */
final class PublishArguments {
  private static final Duration DEFAULT_RETRY = Duration.ofSeconds(30);

  private final Iterator<String> rest;
  private final List<String> positional = new ArrayList<>();
  private boolean fromParent;
  private boolean once;
  private Optional<Duration> duration = Optional.empty();
  private Duration startTimestamp = Duration.ZERO;
  private Duration retry = DEFAULT_RETRY;
  private Tracks tracks = Tracks.AS_THEY_ARE;

  PublishArguments(List<String> arguments) {
    rest = arguments.iterator();
  }

  PublishOptions read() {
    while (rest.hasNext()) {
      String argument = rest.next();
      if (argument.startsWith("--")) {
        option(argument);
      } else {
        positional.add(argument);
      }
    }
    if (positional.size() != 2) {
      throw new IllegalArgumentException("expected FILE|test and an address, in that order");
    }
    return new PublishOptions(
        positional.get(0),
        positional.get(1),
        fromParent,
        once,
        duration,
        startTimestamp,
        retry,
        tracks);
  }

  private void option(String name) {
    Tracks t = tracks;
    switch (name) {
      case "--from-parent" -> fromParent = true;
      case "--once" -> once = true;
      case "--duration" -> duration = Optional.of(seconds(name));
      case "--start-timestamp" -> startTimestamp = Duration.ofMillis(number(name, 0, 0xFFFF_FFFFL));
      case "--retry" -> retry = seconds(name);
      case "--no-video" ->
          tracks = with(false, t.audio(), t.videoCodec(), t.audioCodec(), t.size());
      case "--no-audio" ->
          tracks = with(t.video(), false, t.videoCodec(), t.audioCodec(), t.size());
      case "--video-codec" ->
          tracks =
              with(t.video(), t.audio(), oneOf(name, "h264", "hevc"), t.audioCodec(), t.size());
      case "--audio-codec" ->
          tracks = with(t.video(), t.audio(), t.videoCodec(), oneOf(name, "aac", "mp3"), t.size());
      case "--size" ->
          tracks =
              with(t.video(), t.audio(), t.videoCodec(), t.audioCodec(), Optional.of(size(name)));
      case "--fps" ->
          tracks = rates(OptionalInt.of((int) number(name, 1, 240)), t.gop(), t.bitrateBps());
      case "--gop" ->
          tracks = rates(t.fps(), OptionalInt.of((int) number(name, 1, 100_000)), t.bitrateBps());
      case "--bitrate" ->
          tracks = rates(t.fps(), t.gop(), OptionalLong.of(number(name, 10_000, 1_000_000_000)));
      case "--bar-code" ->
          tracks =
              new Tracks(
                  t.video(),
                  t.audio(),
                  t.videoCodec(),
                  t.audioCodec(),
                  t.size(),
                  t.fps(),
                  t.gop(),
                  t.bitrateBps(),
                  true);
      default -> throw new IllegalArgumentException("unknown option " + name);
    }
  }

  private Tracks with(
      boolean video,
      boolean audio,
      Optional<String> videoCodec,
      Optional<String> audioCodec,
      Optional<Size> size) {
    return new Tracks(
        video,
        audio,
        videoCodec,
        audioCodec,
        size,
        tracks.fps(),
        tracks.gop(),
        tracks.bitrateBps(),
        tracks.barCode());
  }

  private Tracks rates(OptionalInt fps, OptionalInt gop, OptionalLong bitrateBps) {
    Tracks t = tracks;
    return new Tracks(
        t.video(),
        t.audio(),
        t.videoCodec(),
        t.audioCodec(),
        t.size(),
        fps,
        gop,
        bitrateBps,
        t.barCode());
  }

  private String value(String name) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return rest.next();
  }

  private Optional<String> oneOf(String name, String... values) {
    String value = value(name);
    if (!List.of(values).contains(value)) {
      throw new IllegalArgumentException(
          name + " takes one of " + String.join(", ", values) + ", found '" + value + "'");
    }
    return Optional.of(value);
  }

  private long number(String name, long min, long max) {
    String value = value(name);
    long number = value.matches("[0-9]{1,12}") ? Long.parseLong(value) : -1;
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          name + " takes " + min + " to " + max + ", found '" + value + "'");
    }
    return number;
  }

  private Duration seconds(String name) {
    String value = value(name);
    if (!value.matches("[0-9]{1,9}(\\.[0-9]{1,6})?")) {
      throw new IllegalArgumentException(name + " takes seconds, found '" + value + "'");
    }
    return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
  }

  private Size size(String name) {
    String value = value(name);
    if (!value.matches("[0-9]{1,5}x[0-9]{1,5}")) {
      throw new IllegalArgumentException(name + " takes WIDTHxHEIGHT, found '" + value + "'");
    }
    int x = value.indexOf('x');
    return new Size(
        Integer.parseInt(value.substring(0, x)), Integer.parseInt(value.substring(x + 1)));
  }
}
