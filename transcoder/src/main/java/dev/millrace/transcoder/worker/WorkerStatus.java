package dev.millrace.transcoder.worker;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a worker fares, a line twice a second on its standard output:
 *
 * <pre>status read=1200 encoded=3570 lag=180 encoder=libx264 rung=720p,2.41,30.0, rung=…</pre>
 *
 * Counters grow from the start of the worker and never fall. A worker writes status lines as long
 * as it is alive, also while nothing comes in.
 *
 * @param framesRead frames of the feed taken by the worker, audio and video
 * @param framesEncoded frames that came out of encoders, all rungs together
 * @param lagMs by how much the slowest rung that is not dropped is behind the newest frame read
 * @param encoder of the video, the library's name, or several behind commas; empty if no video is
 *     encoded
 * @param rungs in the order of the plan
 */
public record WorkerStatus(
    long framesRead, long framesEncoded, long lagMs, String encoder, List<Rung> rungs) {
  private static final String WORD = "status ";

  /**
   * One rung.
   *
   * @param speed media seconds a second of encoding, over the last seconds; 0 if not known
   * @param fps frames a second that come out; 0 for audio
   * @param dropped why it is left out for now, a sentence; empty if it is encoded
   */
  public record Rung(String name, double speed, double fps, String dropped) {}

  public WorkerStatus {
    rungs = List.copyOf(rungs);
  }

  /** The line, without its end. */
  public String toLine() {
    StringBuilder line = new StringBuilder(WORD);
    line.append("read=").append(framesRead);
    line.append(" encoded=").append(framesEncoded);
    line.append(" lag=").append(lagMs);
    line.append(" encoder=").append(encode(encoder));
    for (Rung rung : rungs) {
      line.append(" rung=")
          .append(encode(rung.name()))
          .append(String.format(Locale.ROOT, ",%.2f,%.1f,", rung.speed(), rung.fps()))
          .append(encode(rung.dropped()));
    }
    return line.toString();
  }

  /** Reads a line; empty if it is no status or a malformed one. Unknown words are passed over. */
  public static Optional<WorkerStatus> parse(String line) {
    if (!line.startsWith(WORD)) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(line));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static WorkerStatus read(String line) {
    long read = 0;
    long encoded = 0;
    long lag = 0;
    String encoder = "";
    List<Rung> rungs = new ArrayList<>();
    for (String word : line.substring(WORD.length()).split(" ", -1)) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      String value = word.substring(equals + 1);
      switch (name) {
        case "read" -> read = Long.parseLong(value);
        case "encoded" -> encoded = Long.parseLong(value);
        case "lag" -> lag = Long.parseLong(value);
        case "encoder" -> encoder = decode(value);
        case "rung" -> rungs.add(rung(value));
        default -> {} // of a newer worker
      }
    }
    return new WorkerStatus(read, encoded, lag, encoder, rungs);
  }

  private static Rung rung(String value) {
    String[] fields = value.split(",", -1);
    if (fields.length != 4) {
      throw new IllegalArgumentException("a rung has 4 fields, found " + fields.length);
    }
    double speed = Double.parseDouble(fields[1]);
    double fps = Double.parseDouble(fields[2]);
    return new Rung(decode(fields[0]), speed, fps, decode(fields[3]));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
