package dev.millrace.transcoder.feed;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a newcomer is told of the past: the presentation, the marks, the tracks, and the frames
 * since the newest <em>entry</em>. An entry is a mark of media whose first video frame is a key
 * frame; where there is no video track, every mark of media. Guarded by its {@link FeedHub}.
 *
 * <p>Whether a mark is an entry shows with the first video frame behind it. Until then it stands at
 * the end of {@code recent}, behind the entry before it, if there is one.
 */
final class FeedHistory {
  private final FeedLimits limits;

  private FeedRecord.@Nullable Opened opened;
  private final Deque<FeedRecord.Mark> marks = new ArrayDeque<>();

  /** In force before {@code recent}. */
  private FeedRecord.@Nullable Tracks tracks;

  /** From the newest entry on, or only from a mark on that may become one. */
  private List<FeedRecord> recent = new ArrayList<>();

  private int frames;
  private long bytes;
  private boolean entered;

  /** Where in {@code recent} the newest mark stands; -1 if frames are of no use to anybody new. */
  private int newestMark = -1;

  private boolean firstVideoAwaited;
  private boolean videoExpected;
  private boolean ended;

  FeedHistory(FeedLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes the next record.
   *
   * @return whether the newest mark has turned out to be an entry just now
   */
  boolean accept(FeedRecord record) {
    return switch (record) {
      case FeedRecord.Opened next -> {
        marks.clear();
        forgetRecent();
        tracks = null;
        videoExpected = false;
        opened = next;
        ended = false;
        yield false;
      }
      case FeedRecord.Mark mark -> mark(mark);
      case FeedRecord.Tracks next -> {
        videoExpected = next.tracks().stream().anyMatch(Track.Video.class::isInstance);
        if (newestMark < 0) {
          tracks = next;
        } else {
          recent.add(next);
        }
        yield false;
      }
      case FeedRecord.Media media -> media(media);
      case FeedRecord.Ended ignored -> {
        closeRecent();
        ended = true;
        yield false;
      }
    };
  }

  private boolean mark(FeedRecord.Mark mark) {
    if (!mark.mark().media()) {
      closeRecent();
      remember(mark);
      return false;
    }
    newestMark = recent.size();
    recent.add(mark);
    firstVideoAwaited = videoExpected;
    if (!videoExpected) {
      enter();
    }
    return !videoExpected;
  }

  private boolean media(FeedRecord.Media media) {
    boolean firstVideo = firstVideoAwaited && media.frame().type() == MediaType.VIDEO;
    boolean entry = firstVideo && media.frame().key();
    if (newestMark < 0) {
      return false;
    }
    if (firstVideo) {
      firstVideoAwaited = false;
      if (entry) {
        enter();
      } else if (!entered) {
        closeRecent();
        return false;
      }
    }
    recent.add(media);
    frames++;
    bytes += media.frame().data().length();
    if (frames > limits.historyFrames() || bytes > limits.historyBytes()) {
      closeRecent();
      return false;
    }
    return entry;
  }

  /** The newest mark is an entry: what is before it is past. */
  private void enter() {
    List<FeedRecord> from = new ArrayList<>(recent.subList(newestMark, recent.size()));
    for (FeedRecord each : recent.subList(0, newestMark)) {
      past(each);
    }
    recent = from;
    newestMark = 0;
    entered = true;
  }

  /** Nobody can enter here any more: frames are forgotten, marks and tracks are not. */
  private void closeRecent() {
    recent.forEach(this::past);
    forgetRecent();
  }

  private void past(FeedRecord record) {
    switch (record) {
      case FeedRecord.Mark mark -> remember(mark);
      case FeedRecord.Tracks next -> tracks = next;
      case FeedRecord.Media media -> {
        frames--;
        bytes -= media.frame().data().length();
      }
      case FeedRecord.Opened ignored -> {}
      case FeedRecord.Ended ignored -> {}
    }
  }

  private void remember(FeedRecord.Mark mark) {
    FeedRecord.Mark last = marks.peekLast();
    // A mark with the number of the one before replaces it, see SegmentMark.
    if (last != null && last.mark().msn() == mark.mark().msn()) {
      marks.removeLast();
    }
    marks.add(mark);
    if (marks.size() > limits.marks()) {
      marks.removeFirst();
    }
  }

  private void forgetRecent() {
    recent = new ArrayList<>();
    frames = 0;
    bytes = 0;
    entered = false;
    newestMark = -1;
    firstVideoAwaited = false;
  }

  /** Whether {@link #replay} ends with frames that a newcomer can decode. */
  boolean entered() {
    return entered;
  }

  /** What a newcomer is told, in the order of a feed. */
  List<FeedRecord> replay() {
    List<FeedRecord> all = new ArrayList<>();
    if (opened == null) {
      return all;
    }
    all.add(opened);
    all.addAll(marks);
    if (tracks != null) {
      all.add(tracks);
    }
    for (FeedRecord each : recent) {
      if (entered || !(each instanceof FeedRecord.Media)) {
        all.add(each);
      }
    }
    if (ended) {
      all.add(new FeedRecord.Ended());
    }
    return all;
  }

  /** The frames since the newest mark or change of tracks: what goes with an entry. */
  List<FeedRecord.Media> framesOfNewestMark() {
    List<FeedRecord.Media> found = new ArrayList<>();
    for (FeedRecord each : recent.subList(Math.max(0, newestMark), recent.size())) {
      switch (each) {
        case FeedRecord.Media media -> found.add(media);
        case FeedRecord.Tracks ignored -> found.clear();
        case FeedRecord.Mark ignored -> {}
        case FeedRecord.Opened ignored -> {}
        case FeedRecord.Ended ignored -> {}
      }
    }
    return found;
  }

  /** Bytes of the frames that are kept. */
  long heldBytes() {
    return bytes;
  }
}
