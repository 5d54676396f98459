package dev.millrace.cluster.settings;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The newest {@value #KEPT} revisions by their order, which are all that there ever were, less what
 * is too old: so nodes that know the same have the same, whatever way it came. Immutable.
 */
final class History {
  static final int KEPT = 50;
  static final History EMPTY = new History(new TreeSet<>());

  private final NavigableSet<Revision> revisions;
  private final long hash;

  private History(NavigableSet<Revision> revisions) {
    this.revisions = revisions;
    long sum = 0;
    for (Revision revision : revisions) {
      sum = sum * 31 + hash(revision);
    }
    this.hash = sum;
  }

  /** What is in force. */
  Revision current() {
    return revisions.isEmpty() ? Revision.NONE : revisions.last();
  }

  /** The newest first. */
  List<Revision> newestFirst() {
    return List.copyOf(revisions.descendingSet());
  }

  /** These and those; the same object if that is nothing new. */
  History with(Collection<Revision> more) {
    NavigableSet<Revision> all = new TreeSet<>(revisions);
    boolean changed = false;
    for (Revision revision : more) {
      changed |= revision.number() > 0 && all.add(revision);
    }
    while (all.size() > KEPT) {
      all.pollFirst();
    }
    return changed && !all.equals(revisions) ? new History(all) : this;
  }

  /** Which revision it is, for those who know it. */
  static long hash(Revision revision) {
    Bytes digest = RevisionCodec.write(revision).sha256();
    return digest.s64(0);
  }

  /** The same for the same revisions; 0 for none. */
  long hash() {
    return hash;
  }

  List<Revision> without(Collection<Long> hashes) {
    List<Revision> rest = new ArrayList<>();
    for (Revision revision : revisions) {
      if (!hashes.contains(hash(revision))) {
        rest.add(revision);
      }
    }
    return rest;
  }

  List<Long> hashes() {
    return revisions.stream().map(History::hash).toList();
  }
}
