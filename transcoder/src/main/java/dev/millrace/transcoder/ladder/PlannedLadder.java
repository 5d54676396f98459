package dev.millrace.transcoder.ladder;

import dev.millrace.media.feed.LadderPlan;
import java.util.List;

/**
 * A plan, and what the operator should read in the log about it.
 *
 * @param notes sentences about the stream, for example which configured rung was left out and why
 */
public record PlannedLadder(LadderPlan plan, List<String> notes) {
  public PlannedLadder {
    notes = List.copyOf(notes);
  }
}
