package dev.millrace.server.chaos;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Compares what writers said they wrote, by the SHA-256 in their logs, with what players received.
 * Files are named {@code APP/NAME/RENDITION/FILE}. Any thread.
 */
public final class PartLedger {
  private final Map<String, Written> written = new ConcurrentHashMap<>();
  private final Set<String> gaps = ConcurrentHashMap.newKeySet();
  private final Queue<String> conflicts = new ConcurrentLinkedQueue<>();

  private record Written(String sha256, String node) {}

  /**
   * What a check found.
   *
   * @param written parts of which a log told the SHA-256
   * @param gaps parts that a log told as gaps
   * @param matching parts that players received and that are what was written
   * @param unchecked received files that are no parts: whole segments and initialization sections
   * @param faults what must never be, for people
   */
  public record Verdict(int written, int gaps, int matching, int unchecked, List<String> faults) {
    public Verdict {
      faults = List.copyOf(faults);
    }
  }

  /** A node's log has this entry. */
  public void written(String node, StreamPath path, String rendition, PartEntry entry) {
    String file = path + "/" + rendition + "/" + new FileName.Part(entry.position());
    if (entry.gap()) {
      gaps.add(file);
    }
    if (entry.sizeBytes() == 0) {
      return;
    }
    Written now = new Written(entry.sha256().hex(), node);
    Written before = written.putIfAbsent(file, now);
    if (before != null && !before.sha256().equals(now.sha256())) {
      conflicts.add(
          file
              + " has SHA-256 %s on %s, %s on %s"
                  .formatted(before.sha256(), before.node(), now.sha256(), node));
    }
  }

  /** Whether any log has this file. */
  public boolean knows(String file) {
    return written.containsKey(file);
  }

  /**
   * Judges all that players received, once the logs have told everything.
   *
   * @param received SHA-256 in hex by file
   */
  public Verdict check(Map<String, String> received) {
    List<String> faults = new ArrayList<>(conflicts);
    int matching = 0;
    int unchecked = 0;
    for (Map.Entry<String, String> each : new TreeMap<>(received).entrySet()) {
      String file = each.getKey();
      Written truth = written.get(file);
      if (!isPart(file)) {
        unchecked++;
      } else if (truth == null) {
        faults.add(file + " was received and is in no writer's log");
      } else if (!truth.sha256().equals(each.getValue())) {
        faults.add(
            file
                + " was received with SHA-256 %s, written on %s with %s"
                    .formatted(each.getValue(), truth.node(), truth.sha256()));
      } else {
        matching++;
      }
    }
    return new Verdict(written.size(), gaps.size(), matching, unchecked, faults);
  }

  private static boolean isPart(String file) {
    return FileName.parse(file.substring(file.lastIndexOf('/') + 1))
        .filter(FileName.Part.class::isInstance)
        .isPresent();
  }
}
