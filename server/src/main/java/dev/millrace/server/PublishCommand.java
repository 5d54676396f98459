package dev.millrace.server;

import dev.millrace.transcoder.ffmpeg.PublishOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The built-in publisher on its own. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes test pictures or a file, in real time, over and over, until stopped.",
      "A file is sent as it is if its codecs are H.264 or H.265, AAC or MP3, and encoded otherwise."
    })
final class PublishCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE|test", description = "A media file, or: test")
  private String input = PublishOptions.TEST;

  @Parameters(index = "1", paramLabel = "URL", description = "rtmp://HOST[:PORT]/APP/STREAM-KEY")
  private String url = "";

  @Option(names = "--once", description = "End at the end of the file")
  private boolean once;

  @Option(names = "--duration", paramLabel = "SECONDS", description = "End after so much media")
  private Optional<String> duration = Optional.empty();

  @Option(
      names = "--retry",
      paramLabel = "SECONDS",
      description = "How long to try to connect; default: 30")
  private Optional<String> retry = Optional.empty();

  @Option(names = "--start-timestamp", paramLabel = "MS", description = "First RTMP timestamp")
  private Optional<String> startTimestamp = Optional.empty();

  @Option(names = "--no-video", description = "Audio only")
  private boolean noVideo;

  @Option(names = "--no-audio", description = "Video only")
  private boolean noAudio;

  @Option(names = "--video-codec", paramLabel = "CODEC", description = "Encode as h264 or hevc")
  private Optional<String> videoCodec = Optional.empty();

  @Option(names = "--audio-codec", paramLabel = "CODEC", description = "Encode as aac or mp3")
  private Optional<String> audioCodec = Optional.empty();

  @Option(names = "--size", paramLabel = "WxH", description = "Encode in this size")
  private Optional<String> size = Optional.empty();

  @Option(names = "--fps", paramLabel = "N", description = "Encode at this frame rate")
  private Optional<String> fps = Optional.empty();

  @Option(names = "--gop", paramLabel = "FRAMES", description = "Encode a key frame every so many")
  private Optional<String> gop = Optional.empty();

  @Option(names = "--bitrate", paramLabel = "BPS", description = "Encode video at this bit rate")
  private Optional<String> bitrate = Optional.empty();

  @Option(
      names = "--bar-code",
      description = "Number the test pictures by a bar code, and add pulses to the tone")
  private boolean barCode;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    ChildPublisher child = ChildPublisher.start(options(), ProcessBuilder.Redirect.INHERIT);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(child), "shutdown"));
    return child.waitFor();
  }

  /**
   * The child's end is this one's: also by a signal, after which a JVM's own status would be
   * another.
   */
  private static void endWith(ChildPublisher child) {
    try (child) {
      if (child.isRunning()) {
        child.close();
        Runtime.getRuntime().halt(child.waitFor());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private PublishOptions options() {
    List<String> arguments = new ArrayList<>(List.of(input, url));
    flag(arguments, "--once", once);
    flag(arguments, "--no-video", noVideo);
    flag(arguments, "--no-audio", noAudio);
    flag(arguments, "--bar-code", barCode);
    option(arguments, "--duration", duration);
    option(arguments, "--retry", retry);
    option(arguments, "--start-timestamp", startTimestamp);
    option(arguments, "--video-codec", videoCodec);
    option(arguments, "--audio-codec", audioCodec);
    option(arguments, "--size", size);
    option(arguments, "--fps", fps);
    option(arguments, "--gop", gop);
    option(arguments, "--bitrate", bitrate);
    try {
      return PublishOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      if (spec == null) {
        throw e;
      }
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static void flag(List<String> arguments, String name, boolean set) {
    if (set) {
      arguments.add(name);
    }
  }

  private static void option(List<String> arguments, String name, Optional<String> value) {
    value.ifPresent(text -> arguments.addAll(List.of(name, text)));
  }
}
