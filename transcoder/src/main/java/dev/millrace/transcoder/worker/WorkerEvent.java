package dev.millrace.transcoder.worker;

import java.util.Locale;
import java.util.Optional;

/**
 * Something that the node logs as one line: {@code event info the words}.
 *
 * @param text one line
 */
public record WorkerEvent(Level level, String text) {
  private static final String WORD = "event ";

  /** How loud. */
  public enum Level {
    INFO,
    WARN,
    ERROR
  }

  public WorkerEvent {
    text = text.strip().replaceAll("\\s+", " ");
  }

  /** The line, without its end. */
  public String toLine() {
    return WORD + level.name().toLowerCase(Locale.ROOT) + " " + text;
  }

  /** Reads a line; empty if it is no event. */
  public static Optional<WorkerEvent> parse(String line) {
    if (!line.startsWith(WORD)) {
      return Optional.empty();
    }
    String rest = line.substring(WORD.length());
    for (Level level : Level.values()) {
      String word = level.name().toLowerCase(Locale.ROOT) + " ";
      if (rest.startsWith(word)) {
        return Optional.of(new WorkerEvent(level, rest.substring(word.length())));
      }
    }
    return Optional.empty();
  }
}
