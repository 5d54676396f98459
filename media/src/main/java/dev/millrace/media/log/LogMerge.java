package dev.millrace.media.log;

import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One log made of what several holders of a stream tell, of whom some may be behind, cut off, or
 * have gone another way. Single-threaded; knows no time, no network and no bytes. Each call gives
 * the records that are new in the merged log: a valid log whatever the holders do ({@link
 * StreamView#apply} takes every record). The rules (docs/adr/0015-merged-logs.md):
 *
 * <ol>
 *   <li>The newest presentation is the stream; holders of an older one are ignored.
 *   <li>Within it those whose log knows the newest session's epoch are right. What others have is
 *       taken only where it lies before all that the right ones still have.
 *   <li>The next entry is taken from whoever has it first; what was told already is dropped. From
 *       where the log is written only what copies do not get: what nobody else has may be lost with
 *       that node, and must not have been shown.
 *   <li>Where the right ones went another way, their log is joined at their first segment behind
 *       ours; an open segment is closed by an end marker first. Numbers never go back.
 *   <li>If nobody has what comes next, or it does not fit, the window begins anew ({@link
 *       LogRecord.Opened} with the same epoch), behind what was told.
 *   <li>The presentation is over when all who are right say so.
 * </ol>
 */
public final class LogMerge<H> {
  /**
   * So many entries that copies may be behind the writer before their copying is not waited for.
   */
  private static final int UNCOPIED = 2;

  private final Map<H, HeldLog> holders = new LinkedHashMap<>();

  /** Where a rendition may begin after the window began anew; until it has begun. */
  private final Map<String, Long> floors = new HashMap<>();

  private StreamView view;

  /** The newest session of the presentation that was told, also from before a new beginning. */
  private long newestTold;

  private List<LogRecord> told = new ArrayList<>();
  private boolean restarted;

  /** Goes on behind {@code known}: nothing of it is told again. */
  public LogMerge(StreamView known) {
    this.view = known;
    this.newestTold = known.epoch();
  }

  /** The merged log so far. */
  public StreamView view() {
    return view;
  }

  /** Whether the window began anew since this was asked last. */
  public boolean takeRestarted() {
    boolean taken = restarted;
    restarted = false;
    return taken;
  }

  /** Somebody will tell of the stream, or tell it from the beginning again. */
  public List<LogRecord> add(H holder) {
    holders.put(holder, new HeldLog());
    return settle();
  }

  /**
   * A holder tells a record; ignored if it was not added.
   *
   * @throws ProtocolException (malformed) if it does not fit what it told before: it is to be
   *     removed
   */
  public List<LogRecord> record(H holder, LogRecord record) {
    HeldLog held = holders.get(holder);
    if (held == null
        || record instanceof LogRecord.Pictured
        || record instanceof LogRecord.Signing) {
      return List.of();
    }
    held.apply(record);
    return settle();
  }

  /** Says whether a holder is where the log is written now; no one is until that is said. */
  public List<LogRecord> writer(H holder, boolean is) {
    HeldLog held = holders.get(holder);
    if (held == null || held.isWriter() == is) {
      return List.of();
    }
    held.writer(is);
    return settle();
  }

  /** A holder has told its present window. */
  public List<LogRecord> windowComplete(H holder) {
    HeldLog held = holders.get(holder);
    if (held == null) {
      return List.of();
    }
    held.completed();
    return settle();
  }

  /** A holder tells nothing more. */
  public List<LogRecord> remove(H holder) {
    holders.remove(holder);
    return settle();
  }

  /** Whether a holder tells of the presentation that is shown. */
  public boolean isCurrent(H holder) {
    HeldLog held = holders.get(holder);
    return held != null && held.isOf(view);
  }

  /**
   * Whether a holder has told all that the merged log has of each rendition, but for about a part:
   * nothing is missed if it is the only one from now on.
   */
  public boolean isLevel(H holder) {
    HeldLog held = holders.get(holder);
    return held != null && held.isComplete() && held.isOf(view) && held.isLevelWith(view);
  }

  private List<LogRecord> settle() {
    told = new ArrayList<>();
    openNewest();
    List<HeldLog> current = holders.values().stream().filter(held -> held.isOf(view)).toList();
    if (current.isEmpty()) {
      return told;
    }
    advanceAll(current);
    Optional<HeldLog> fresh = restartFrom(current);
    if (fresh.isPresent()) {
      restart(fresh.get());
      // All of what was told lies in its log, or behind: none goes back while it is read alone.
      advanceAll(List.of(fresh.get()));
      advanceAll(current);
    }
    if (!view.ended()) {
      follow(right(current));
      end(current);
    }
    return told;
  }

  private void openNewest() {
    for (HeldLog held : holders.values()) {
      StreamView seen = held.view();
      boolean newer = !view.opened() || seen.presentationEpoch() > view.presentationEpoch();
      if (seen.opened() && newer) {
        floors.clear();
        tell(new LogRecord.Opened(seen.presentationEpoch(), seen.targets()));
      }
    }
  }

  /** Those who know the newest session. */
  private List<HeldLog> right(Collection<HeldLog> current) {
    long newest = newestTold;
    for (HeldLog held : current) {
      newest = Math.max(newest, held.view().epoch());
    }
    long epoch = newest;
    return current.stream().filter(held -> held.view().epoch() == epoch).toList();
  }

  private void advanceAll(List<HeldLog> current) {
    if (view.ended()) {
      return;
    }
    List<HeldLog> right = right(current);
    Set<String> names = new LinkedHashSet<>();
    for (HeldLog held : current) {
      held.view().renditions().forEach(each -> names.add(each.description().name()));
    }
    boolean more = true;
    while (more) {
      more = false;
      for (String name : names) {
        for (HeldLog held : current) {
          more |= advance(name, held, right, held.isWriter() && hasCopy(current));
        }
      }
    }
  }

  /** Whether somebody copies from the writer and keeps up. */
  private boolean hasCopy(Collection<HeldLog> current) {
    return current.stream()
        .anyMatch(held -> held.isComplete() && !held.isWriter() && held.isLevelWith(view));
  }

  /**
   * Takes what follows in one rendition from one holder; false if there was nothing.
   *
   * @param copied whether others copy from this holder, keep up, and tell what they have
   */
  private boolean advance(String name, HeldLog held, List<HeldLog> right, boolean copied) {
    Optional<RenditionView> theirs = held.view().rendition(name);
    boolean isRight = right.contains(held);
    if (theirs.isEmpty()) {
      return false;
    }
    boolean any = false;
    while (true) {
      Optional<RenditionView> ours = view.rendition(name);
      if (ours.isEmpty()) {
        if (!isRight) {
          return any;
        }
        RenditionView first = theirs.get();
        tell(
            new LogRecord.Described(
                first.segments().isEmpty()
                    ? first.description()
                    : first.descriptionOf(first.segments().getFirst().init()).orElseThrow()));
        continue;
      }
      Optional<PartEntry> next =
          LogJoin.next(ours.get(), theirs.get(), floors.getOrDefault(name, 0L));
      if (next.isEmpty() || !(isRight || isBefore(name, next.get(), right))) {
        return any;
      }
      if (copied
          && !held.view().ended()
          && LogJoin.lead(theirs.get(), ours.get(), UNCOPIED + 1) <= UNCOPIED) {
        return any;
      }
      if (!take(name, next.get(), ours.get(), theirs.get())) {
        return any;
      }
      any = true;
    }
  }

  /** Whether an entry lies before all that those who are right still have of its rendition. */
  private static boolean isBefore(String name, PartEntry entry, List<HeldLog> right) {
    boolean known = false;
    for (HeldLog held : right) {
      Optional<RenditionView> theirs = held.view().rendition(name);
      if (theirs.isPresent() && !theirs.get().segments().isEmpty()) {
        known = true;
        if (theirs.get().segments().getFirst().msn() <= entry.position().msn()) {
          return false;
        }
      }
    }
    return known;
  }

  private boolean take(String name, PartEntry entry, RenditionView ours, RenditionView theirs) {
    Optional<RenditionDescription> needed =
        ours.descriptionOf(entry.init()).isPresent()
            ? Optional.empty()
            : theirs.descriptionOf(entry.init());
    StreamView before = view;
    int told0 = told.size();
    try {
      needed.ifPresent(description -> tell(new LogRecord.Described(description)));
      tell(new LogRecord.Appended(name, entry));
    } catch (ProtocolException e) {
      view = before;
      told.subList(told0, told.size()).clear();
      return false;
    }
    floors.remove(name);
    return true;
  }

  /** Expected renditions and descriptions without entries, as the first who is right tells them. */
  private void follow(List<HeldLog> right) {
    Optional<HeldLog> lead = right.stream().filter(HeldLog::isComplete).findFirst();
    if (lead.isEmpty()) {
      lead = right.stream().findFirst();
    }
    if (lead.isEmpty()) {
      return;
    }
    StreamView seen = lead.get().view();
    boolean sure = lead.get().isComplete() || !seen.expected().isEmpty();
    if (sure && !seen.ended() && !seen.expected().equals(view.expected())) {
      tell(new LogRecord.Expected(seen.expected()));
    }
    for (RenditionView theirs : seen.renditions()) {
      RenditionView ours = view.rendition(theirs.description().name()).orElseThrow();
      if (lead.get().isComplete()
          && ours.last().equals(theirs.last())
          && !ours.description().equals(theirs.description())) {
        tell(new LogRecord.Described(theirs.description()));
      }
    }
  }

  private void end(List<HeldLog> current) {
    List<HeldLog> right = right(current);
    boolean over =
        !right.isEmpty()
            && right.stream().allMatch(held -> held.view().ended())
            && nobodyPending()
            && right.stream().allMatch(held -> floors.isEmpty() && !held.isAheadOf(view));
    if (over) {
      tell(new LogRecord.Ended());
    }
  }

  /** Who has more of the stream than can be joined to what was told; empty if nobody must be. */
  private Optional<HeldLog> restartFrom(List<HeldLog> current) {
    if (!nobodyPending()) {
      return Optional.empty();
    }
    boolean copied = hasCopy(current);
    return right(current).stream()
        .filter(held -> !(copied && held.isWriter()))
        .filter(held -> held.isAheadOf(view) && held.covers(view))
        .findFirst();
  }

  private void restart(HeldLog from) {
    Map<String, Long> begin = new HashMap<>();
    for (RenditionView ours : view.renditions()) {
      if (!ours.segments().isEmpty()) {
        String name = ours.description().name();
        boolean joined =
            from.view().rendition(name).filter(it -> LogJoin.has(it, ours)).isPresent();
        begin.put(
            name, joined ? ours.segments().getFirst().msn() : ours.segments().getLast().msn() + 1);
      }
    }
    floors.putAll(begin);
    restarted = true;
    tell(new LogRecord.Opened(view.presentationEpoch(), from.view().targets()));
  }

  private boolean nobodyPending() {
    return holders.values().stream().allMatch(HeldLog::isComplete);
  }

  private void tell(LogRecord record) {
    view = view.apply(record);
    newestTold = Math.max(newestTold, view.epoch());
    told.add(record);
  }
}
