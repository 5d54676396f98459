package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with the rungs of a presentation while no worker does: a playlist that is being played
 * must not stand still, so at every mark the segment before it becomes a gap (ADR 6). A rung that
 * has no entry yet is left alone. One keeper for a presentation; it hears of every mark from the
 * first on, and writes only between {@link #keep} and {@link #leave}.
 *
 * <p>Any thread. Calls of the sink are made inside these methods.
 */
public final class RungKeeper {
  private static final Logger log = LoggerFactory.getLogger(RungKeeper.class);

  private final StreamPath path;
  private final long epoch;
  private final Targets targets;
  private final Deque<SegmentMark> marks = new ArrayDeque<>();
  private final List<RungLog> kept = new ArrayList<>();

  /**
   * @param epoch of the presentation
   */
  public RungKeeper(StreamPath path, long epoch, Targets targets) {
    this.path = path;
    this.epoch = epoch;
    this.targets = targets;
  }

  /** Takes the next mark. */
  public synchronized void mark(SegmentMark mark) {
    marks.add(mark);
    long keptUs = targets.windowUs() + targets.targetDurationS() * 1_000_000L;
    while (marks.element().pdtUs() < mark.pdtUs() - keptUs) {
      marks.remove();
    }
    for (RungLog rung : List.copyOf(kept)) {
      follow(rung, mark);
    }
  }

  /**
   * From here on these renditions have no writer but this one: they are brought to the newest mark
   * at once. Names of an earlier call are forgotten.
   *
   * @param sink of a generation of its own, so that no worker of before can write any more
   */
  public synchronized void keep(RenditionSink sink, Collection<String> renditions) {
    kept.clear();
    for (String name : renditions) {
      RungLog rung = new RungLog(sink, path, epoch, targets, name);
      kept.add(rung);
      marks.forEach(mark -> follow(rung, mark));
    }
  }

  /** A worker writes again. */
  public synchronized void leave() {
    kept.clear();
  }

  private void follow(RungLog rung, SegmentMark mark) {
    if (!kept.contains(rung)) {
      return;
    }
    try {
      rung.passTo(mark, true);
    } catch (MisalignedException e) {
      log.atDebug().addKeyValue("stream", path).log("a rung is elsewhere: {}", e.getMessage());
      rung.rejoin();
    } catch (SupersededException e) {
      // A newer worker was given the generation after ours: it goes on.
      kept.remove(rung);
    }
  }
}
