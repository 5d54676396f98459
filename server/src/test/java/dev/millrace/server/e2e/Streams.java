package dev.millrace.server.e2e;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What the API and the playlists say of a stream {@code live/NAME}. */
final class Streams {
  private static final Pattern STATE = Pattern.compile("\"state\"\\s*:\\s*\"([A-Za-z]+)\"");
  private static final Pattern SEQUENCE = Pattern.compile("#EXT-X-MEDIA-SEQUENCE:(\\d+)");

  private Streams() {}

  /**
   * Waits up to a minute. The message of a failure has what the API says of the stream and what the
   * processes in the node's folder have printed last.
   */
  static void await(NodeUnderTest node, String name, String what, Callable<Boolean> condition) {
    await(node, List.of(), name, what, condition);
  }

  /** As above; fails at once when the publisher has ended. */
  static void await(
      NodeUnderTest node,
      ChildProcess publisher,
      String name,
      String what,
      Callable<Boolean> condition) {
    await(node, List.of(publisher), name, what, condition);
  }

  private static void await(
      NodeUnderTest node,
      List<ChildProcess> publishers,
      String name,
      String what,
      Callable<Boolean> condition) {
    try {
      Awaitility.await("live/" + name + " " + what)
          .atMost(Patience.OF_A_BUSY_MACHINE)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                if (!node.process().isAlive()) {
                  throw new AssertionError("the node ended\n" + node.tails());
                }
                // What it sent last may be what is waited for.
                boolean ended = publishers.stream().anyMatch(process -> !process.isAlive());
                boolean fulfilled = condition.call();
                if (ended && !fulfilled) {
                  throw new AssertionError("the publisher ended\n" + node.tails());
                }
                return fulfilled;
              });
    } catch (ConditionTimeoutException e) {
      String known =
          node.process().isAlive() ? node.get("/api/v1/streams/live/" + name).body() : "";
      throw new AssertionError(e.getMessage() + "\n" + known + "\n" + node.tails(), e);
    }
  }

  /** {@code live}, {@code waiting} or {@code ended}; empty where the API knows no such stream. */
  static String state(NodeUnderTest node, String name) {
    HttpResponse<String> response = node.get("/api/v1/streams/live/" + name);
    Matcher state = STATE.matcher(response.body());
    return response.statusCode() == 200 && state.find() ? state.group(1) : "";
  }

  /** The media playlist of a rendition, empty if it is not there. */
  static String playlist(NodeUnderTest node, String name, String rendition) {
    HttpResponse<String> response = node.get("/hls/live/" + name + "/" + rendition + "/index.m3u8");
    return response.statusCode() == 200 ? response.body() : "";
  }

  /** Whole segments listed in the video rendition, or in the audio one where there is no video. */
  static long segments(NodeUnderTest node, String name) {
    String video = playlist(node, name, "video");
    String playlist = video.isEmpty() ? playlist(node, name, "audio") : video;
    return playlist.lines().filter(line -> line.startsWith("#EXTINF")).count();
  }

  /** EXT-X-MEDIA-SEQUENCE of the video rendition, -1 if there is none. */
  static long mediaSequence(NodeUnderTest node, String name) {
    Matcher sequence = SEQUENCE.matcher(playlist(node, name, "video"));
    return sequence.find() ? Long.parseLong(sequence.group(1)) : -1;
  }

  /** The number of the newest complete segment. */
  static long newest(NodeUnderTest node, String name) {
    return mediaSequence(node, name) + segments(node, name) - 1;
  }
}
