package dev.millrace.transcoder.ffmpeg;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What to publish and how; the arguments of {@link PublishMain}. What is empty is taken from the
 * file, or for test pictures is 1280x720, 30 frames a second, a key frame every 2 s, 2.5 Mbit/s. A
 * file is copied as it is, unless its codecs do not fit or size, rate, key frames, bit rate or
 * codecs are asked for.
 *
 * @param input a file, or {@code test}
 * @param url {@code rtmp://HOST:PORT/APP/KEY}
 * @param fromParent end when standard input ends
 * @param once do not begin anew at the end of the file
 * @param duration of media after which to end
 * @param startTimestamp RTMP time of the first frame
 * @param retry how long to try to connect, at the start and when the connection breaks
 */
public record PublishOptions(
    String input,
    String url,
    boolean fromParent,
    boolean once,
    Optional<Duration> duration,
    Duration startTimestamp,
    Duration retry,
    Tracks tracks) {

  /** The input that is made up: moving pictures, a clock, a tone. */
  public static final String TEST = "test";

  /** In place of the URL: it is the first line of standard input, so that no list of processes shows the key. */
  public static final String URL_FROM_INPUT = "-";

  /** How the options are written. */
  public static final String USAGE =
      """
      FILE|test rtmp://HOST[:PORT]/APP/KEY
        [--once] [--duration SECONDS] [--start-timestamp MS] [--retry SECONDS]
        [--no-video] [--video-codec h264|hevc] [--size WxH] [--fps N] [--gop FRAMES] [--bitrate BPS]
        [--no-audio] [--audio-codec aac|mp3]""";

  /** What to encode; where nothing is asked for, a file is copied. */
  public record Tracks(
      boolean video,
      boolean audio,
      Optional<String> videoCodec,
      Optional<String> audioCodec,
      Optional<Size> size,
      OptionalInt fps,
      OptionalInt gop,
      OptionalLong bitrateBps) {
    /** All as it comes. */
    public static final Tracks AS_THEY_ARE =
        new Tracks(
            true,
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalLong.empty());

    boolean asksForEncoding() {
      return videoCodec.isPresent()
          || audioCodec.isPresent()
          || size.isPresent()
          || fps.isPresent()
          || gop.isPresent()
          || bitrateBps.isPresent();
    }
  }

  /** Pixels; both even, as 4:2:0 needs. */
  public record Size(int width, int height) {
    public Size {
      if (width < 16 || height < 16 || width > 8192 || height > 8192 || (width | height) % 2 != 0) {
        throw new IllegalArgumentException("--size takes even numbers from 16 to 8192, as 1280x720");
      }
    }
  }

  public PublishOptions {
    if (!url.startsWith("rtmp://") && !url.equals(URL_FROM_INPUT)) {
      throw new IllegalArgumentException("the address must begin with rtmp://");
    }
    if (!tracks.video() && !tracks.audio()) {
      throw new IllegalArgumentException("--no-video and --no-audio leave nothing to publish");
    }
  }

  /** The same with another address. */
  public PublishOptions withUrl(String other) {
    return new PublishOptions(
        input, other, fromParent, once, duration, startTimestamp, retry, tracks);
  }

  /** The address without the key. */
  public String shownUrl() {
    return url.replaceFirst("/[^/]*$", "/***");
  }

  /**
   * Reads arguments in the form of {@link #USAGE}, and {@code --from-parent}.
   *
   * @throws IllegalArgumentException with a line for the user
   */
  public static PublishOptions parse(List<String> arguments) {
    return new PublishArguments(arguments).read();
  }

  /** The arguments that {@link #parse} reads as these options. */
  public List<String> toArguments() {
    List<String> out = new ArrayList<>(List.of(input, url));
    flag(out, "--from-parent", fromParent);
    flag(out, "--once", once);
    duration.ifPresent(d -> option(out, "--duration", d.toMillis() / 1000.0));
    option(out, "--start-timestamp", startTimestamp.toMillis());
    option(out, "--retry", retry.toMillis() / 1000.0);
    flag(out, "--no-video", !tracks.video);
    flag(out, "--no-audio", !tracks.audio);
    tracks.videoCodec.ifPresent(codec -> option(out, "--video-codec", codec));
    tracks.audioCodec.ifPresent(codec -> option(out, "--audio-codec", codec));
    tracks.size.ifPresent(size -> option(out, "--size", size.width() + "x" + size.height()));
    tracks.fps.ifPresent(fps -> option(out, "--fps", fps));
    tracks.gop.ifPresent(gop -> option(out, "--gop", gop));
    tracks.bitrateBps.ifPresent(bitrate -> option(out, "--bitrate", bitrate));
    return List.copyOf(out);
  }

  private static void flag(List<String> out, String name, boolean set) {
    if (set) {
      out.add(name);
    }
  }

  private static void option(List<String> out, String name, Object value) {
    out.add(name);
    out.add(String.valueOf(value));
  }

  /** One reading of arguments. */
  private static final class PublishArguments {
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
        case "--start-timestamp" ->
            startTimestamp = Duration.ofMillis(number(name, 0, 0xFFFF_FFFFL));
        case "--retry" -> retry = seconds(name);
        case "--no-video" -> tracks = with(false, t.audio, t.videoCodec, t.audioCodec, t.size);
        case "--no-audio" -> tracks = with(t.video, false, t.videoCodec, t.audioCodec, t.size);
        case "--video-codec" ->
            tracks = with(t.video, t.audio, oneOf(name, "h264", "hevc"), t.audioCodec, t.size);
        case "--audio-codec" ->
            tracks = with(t.video, t.audio, t.videoCodec, oneOf(name, "aac", "mp3"), t.size);
        case "--size" ->
            tracks = with(t.video, t.audio, t.videoCodec, t.audioCodec, Optional.of(size(name)));
        case "--fps" ->
            tracks = rates(OptionalInt.of((int) number(name, 1, 240)), t.gop, t.bitrateBps);
        case "--gop" ->
            tracks = rates(t.fps, OptionalInt.of((int) number(name, 1, 100_000)), t.bitrateBps);
        case "--bitrate" ->
            tracks = rates(t.fps, t.gop, OptionalLong.of(number(name, 10_000, 1_000_000_000)));
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
          video, audio, videoCodec, audioCodec, size, tracks.fps, tracks.gop, tracks.bitrateBps);
    }

    private Tracks rates(OptionalInt fps, OptionalInt gop, OptionalLong bitrateBps) {
      Tracks t = tracks;
      return new Tracks(
          t.video, t.audio, t.videoCodec, t.audioCodec, t.size, fps, gop, bitrateBps);
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
}
