package dev.millrace.server.internal;

import dev.millrace.media.log.http.LogAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the two sides of a worker on another node say, beside its own status and event lines and
 * {@link dev.millrace.transcoder.worker.WorkerUsage}.
 */
final class WorkerLines {
  /** Where a worker is asked for. */
  static final String ADDRESS = LogAddress.ROOT + "workers";

  /**
   * From the ingest node, after the job, again and again: it is there and still wants the worker.
   */
  static final String STILL_WANTED = "\n";

  private static final String MOVE = "move ";
  private static final Pattern EXIT = Pattern.compile("exit (-?\\d{1,9})");

  private WorkerLines() {}

  /** Another worker elsewhere should take over. */
  static String move(String why) {
    return MOVE + why;
  }

  static Optional<String> parseMove(String line) {
    return line.startsWith(MOVE) ? Optional.of(line.substring(MOVE.length())) : Optional.empty();
  }

  /** The last line: the process has ended by itself. */
  static String exit(int status) {
    return "exit " + status;
  }

  static OptionalInt parseExit(String line) {
    Matcher found = EXIT.matcher(line);
    return found.matches() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
  }
}
