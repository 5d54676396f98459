package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A publisher in a process of its own. Prints {@code publishing to ...} once accepted, then each
 * second of media {@code published frames=N time=S}, at the end {@code finished frames=N time=S}.
 *
 * <p>Exit status: 0 at the end of the media or when stopped by a signal or the parent's end, 1 if
 * publishing failed, 2 for wrong arguments. Arguments: {@link PublishOptions#USAGE}.
 */
public final class PublishMain {
  /** How long a stopping publisher may take to say good-bye. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private PublishMain() {}

  /** Publishes. */
  public static void main(String[] arguments) {
    System.exit(publish(List.of(arguments)));
  }

  private static int publish(List<String> arguments) {
    PublishOptions options;
    try {
      options = withUrlFromInput(PublishOptions.parse(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\nusage: " + PublishOptions.USAGE);
      return 2;
    }
    av_log_set_level(AV_LOG_ERROR);
    try (PacketSource source = open(options)) {
      Publisher publisher = new Publisher(options, source, System::nanoTime, System.out);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(publisher), "shutdown"));
      if (options.fromParent()) {
        Thread.ofPlatform().daemon().name("parent-watch").start(PublishMain::exitWithParent);
      }
      publisher.run();
      return 0;
    } catch (AvError e) {
      System.err.println("publishing to " + options.shownUrl() + " failed: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 1;
    }
  }

  private static PacketSource open(PublishOptions options) {
    if (options.input().equals(PublishOptions.TEST)) {
      return EncodedPackets.test(options.tracks(), Clock.systemUTC());
    }
    boolean copy;
    try (MediaFile file = new MediaFile(options.input(), options.tracks())) {
      copy = file.fits() && !options.tracks().asksForEncoding();
    }
    return copy
        ? new FilePackets(options.input(), options.tracks(), options.once())
        : EncodedPackets.file(options.input(), options.tracks(), options.once());
  }

  /**
   * In the shutdown hook, on SIGTERM or Ctrl-C as well as after the end: lets the main thread send
   * the end of the stream, then ends the process with status 0, which a JVM ended by a signal would
   * not have.
   */
  private static void stop(Publisher publisher) {
    try {
      if (publisher.stop(GOODBYE)) {
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static PublishOptions withUrlFromInput(PublishOptions options) {
    if (!options.url().equals(PublishOptions.URL_FROM_INPUT)) {
      return options;
    }
    return options.withUrl(
        readLine().orElseThrow(() -> new IllegalArgumentException("expected an address on input")));
  }

  private static Optional<String> readLine() {
    try {
      StringBuilder line = new StringBuilder();
      for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {
        line.append((char) c);
      }
      return line.isEmpty() ? Optional.empty() : Optional.of(line.toString().strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The parent holds the other end of standard input; when that closes, so does this process. */
  private static void exitWithParent() {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (input.readLine() != null) {
        // Nothing is said on this line; only its end counts.
      }
    } catch (IOException e) {
      System.err.println("parent is gone: " + e.getMessage());
    }
    System.exit(0);
  }
}
