package dev.millrace.transcoder.ffmpeg;

import java.time.Duration;
import java.util.ArrayList;
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

  /**
   * In place of the URL: it is the first line of standard input, so that no list of processes shows
   * the key.
   */
  public static final String URL_FROM_INPUT = "-";

  /** How the options are written. */
  public static final String USAGE =
      """
      FILE|test rtmp://HOST[:PORT]/APP/KEY
        [--once] [--duration SECONDS] [--start-timestamp MS] [--retry SECONDS]
        [--no-video] [--video-codec h264|hevc] [--size WxH] [--fps N] [--gop FRAMES] [--bitrate BPS]
        [--no-audio] [--audio-codec aac|mp3] [--bar-code]\
      """;

  /**
   * What to encode; where nothing is asked for, a file is copied.
   *
   * @param barCode whether test pictures are numbered by a bar code and their sound has pulses at
   *     known instants
   */
  public record Tracks(
      boolean video,
      boolean audio,
      Optional<String> videoCodec,
      Optional<String> audioCodec,
      Optional<Size> size,
      OptionalInt fps,
      OptionalInt gop,
      OptionalLong bitrateBps,
      boolean barCode) {
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
            OptionalLong.empty(),
            false);

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
        throw new IllegalArgumentException(
            "--size takes even numbers from 16 to 8192, as 1280x720");
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
    if (tracks.barCode() && !input.equals(TEST)) {
      throw new IllegalArgumentException("--bar-code is for test pictures, not for files");
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
    flag(out, "--bar-code", tracks.barCode);
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
}
