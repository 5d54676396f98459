package dev.millrace.server.cluster;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where the log of a stream ends that a node has stopped to write, as it tells the node that goes
 * on: a line {@code RENDITION MSN PART} for each rendition, with the position that would come next.
 */
public record LogEnds(Map<String, LogPosition> next) {
  public LogEnds {
    next = Map.copyOf(next);
  }

  /** Of a log as it is. */
  public static LogEnds of(StreamView view) {
    Map<String, LogPosition> next = new TreeMap<>();
    for (RenditionView rendition : view.renditions()) {
      String name = rendition.description().name();
      view.tail(name).map(LogTail::next).ifPresent(position -> next.put(name, position));
    }
    return new LogEnds(next);
  }

  /** Whether another copy of the log has got that far, in all renditions. */
  public boolean areIn(StreamView view) {
    return next.entrySet().stream().allMatch(each -> isIn(view, each.getKey(), each.getValue()));
  }

  private static boolean isIn(StreamView view, String rendition, LogPosition end) {
    Optional<LogPosition> there = view.tail(rendition).map(LogTail::next);
    return there.isPresent()
        && (there.get().msn() > end.msn()
            || (there.get().msn() == end.msn() && there.get().part() >= end.part()));
  }

  /** The lines. */
  public String toText() {
    return new TreeMap<>(next)
        .entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue().msn() + " " + each.getValue().part())
            .collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * Reads the lines.
   *
   * @throws ProtocolException (malformed) if they are none
   */
  public static LogEnds parse(String text) {
    Map<String, LogPosition> next = new TreeMap<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      try {
        if (words.length == 3) {
          next.put(
              words[0], new LogPosition(0, Long.parseLong(words[1]), Integer.parseInt(words[2])));
          continue;
        }
      } catch (IllegalArgumentException e) {
        // said below
      }
      throw ProtocolException.malformed("not the end of a log: " + line);
    }
    return new LogEnds(next);
  }
}
