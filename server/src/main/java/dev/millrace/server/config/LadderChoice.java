package dev.millrace.server.config;

import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import java.util.List;
import java.util.Optional;

/**
 * The value of {@code transcode.ladder}.
 *
 * @param rungs of the list; empty in the other modes
 */
record LadderChoice(Mode mode, List<RungChoice> rungs) {
  static final LadderChoice AUTO = new LadderChoice(Mode.AUTO, List.of());
  private static final LadderChoice NONE = new LadderChoice(Mode.NONE, List.of());

  /** Reads {@code auto}, {@code none} or rungs; empty if it is nothing of it. */
  static Optional<LadderChoice> read(String text) {
    return switch (text) {
      case "auto" -> Optional.of(AUTO);
      case "none" -> Optional.of(NONE);
      default -> RungChoice.readAll(text).map(rungs -> new LadderChoice(Mode.LIST, rungs));
    };
  }

  String text() {
    return switch (mode) {
      case AUTO -> "auto";
      case NONE -> "none";
      case LIST -> RungChoice.writeAll(rungs);
    };
  }
}
