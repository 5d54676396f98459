package dev.millrace.transcoder.packager;

import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The renditions that have no media now: they follow the leading track with gaps. */
final class Followers {
  private final Targets targets;
  private final List<GapFollower> gaps = new ArrayList<>();

  Followers(Targets targets) {
    this.targets = targets;
  }

  void addAll(Collection<RenditionWriter> writers) {
    writers.forEach(this::add);
  }

  GapFollower add(RenditionWriter writer) {
    GapFollower gap = new GapFollower(writer, targets);
    gaps.add(gap);
    return gap;
  }

  void remove(GapFollower gap) {
    gaps.remove(gap);
  }

  boolean isEmpty() {
    return gaps.isEmpty();
  }

  /** A segment ends here. */
  void cut(Cut cut) {
    gaps.forEach(gap -> gap.cut(cut));
  }

  /** The leading track has reached this media time, and no segment ends before it. */
  void reached(long mediaUs) {
    gaps.forEach(gap -> gap.reached(mediaUs));
  }

  /** The section ends here. */
  void finish(long mediaUs) {
    gaps.forEach(gap -> gap.finish(mediaUs));
  }
}
