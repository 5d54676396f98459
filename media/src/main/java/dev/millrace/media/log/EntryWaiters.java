package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Who waits for the next entry of a rendition, whatever it will be. Guarded by the lock of its
 * {@link MergedStream}; those who are called are called without it.
 */
final class EntryWaiters {
  private record Waiter(String rendition, Runnable told) {}

  private final List<Waiter> waiting = new ArrayList<>();
  private final List<Runnable> told = new ArrayList<>();

  /** False if the position is not the next one: there is nothing to wait for. */
  boolean await(StreamView view, String rendition, LogPosition position, Runnable callback) {
    Optional<LogPosition> next = view.rendition(rendition).flatMap(RenditionView::next);
    if (view.ended() || next.filter(position::equals).isEmpty()) {
      return false;
    }
    waiting.add(new Waiter(rendition, callback));
    return true;
  }

  /** Notes a new record. */
  void told(LogRecord record) {
    switch (record) {
      case LogRecord.Appended(String rendition, PartEntry entry) -> {
        for (Iterator<Waiter> all = waiting.iterator(); all.hasNext(); ) {
          Waiter each = all.next();
          if (each.rendition().equals(rendition)) {
            all.remove();
            told.add(each.told());
          }
        }
      }
      case LogRecord.Opened ignored -> tellAll();
      case LogRecord.Ended ignored -> tellAll();
      case LogRecord.Expected ignored -> {}
      case LogRecord.Described ignored -> {}
      case LogRecord.Pictured ignored -> {}
      case LogRecord.Signing ignored -> {}
    }
  }

  /** Those whose entry came. */
  List<Runnable> takeTold() {
    if (told.isEmpty()) {
      return List.of();
    }
    List<Runnable> taken = List.copyOf(told);
    told.clear();
    return taken;
  }

  /** All, since nothing comes any more. */
  List<Runnable> takeAll() {
    tellAll();
    return takeTold();
  }

  private void tellAll() {
    waiting.forEach(each -> told.add(each.told()));
    waiting.clear();
  }
}
