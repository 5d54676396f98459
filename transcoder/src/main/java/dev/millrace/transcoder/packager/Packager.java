package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamEvent;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.StreamFenced;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The packager of one stream as a state machine: events and the monotonic time go in, calls of the
 * sink come out. It has no thread, no clock of its own and never waits; one thread uses it.
 *
 * <pre>
 * state      event                               to
 * idle       SessionStarted, another node wrote  away: gap parts
 * idle       TracksChanged                       starting
 * starting   frames of all tracks, or some time  running    (a presentation is opened if none is)
 * starting   SessionEnded                        away or idle
 * running    TracksChanged                       starting, with gaps until frames come
 * running    SessionEnded                        away: gap parts in real time
 * away       SessionStarted, TracksChanged       starting, gaps go on until frames come
 * any        StreamEnded                         ended: ENDLIST
 * any        StreamFenced                        ended: what has come is put out, no ENDLIST
 * any        the sink knows a newer session      idle until the next SessionStarted
 * </pre>
 */
final class Packager {
  private final StreamPath path;
  private final PartSink sink;
  private final Targets configured;
  private final SequenceNumbers numbers;
  private final InstantSource wall;
  private final SourceAdvice advice;
  private final LadderFeed feed;
  private final PassthroughTracks further;
  private final Adopter adopter;

  /** Of the presentation, if there is one. */
  private Targets targets;

  private long epoch;
  private long nowNanos;
  private @Nullable Presentation presentation;
  private @Nullable SegmentMarks marks;
  private @Nullable SectionStart start;
  private @Nullable Section section;
  private @Nullable AwayGap away;
  private boolean abandoned;

  Packager(
      StreamPath path,
      PartSink sink,
      Targets targets,
      SequenceNumbers numbers,
      InstantSource wall,
      Warnings warnings,
      Ladder ladder,
      Adoptions adoptions) {
    this.path = path;
    this.sink = sink;
    this.configured = targets;
    this.targets = targets;
    this.adopter = new Adopter(path, sink, adoptions);
    this.numbers = numbers;
    this.wall = wall;
    this.advice = new SourceAdvice(warnings, targets);
    this.feed = new LadderFeed(ladder, sink, path);
    this.further = new PassthroughTracks(sink, path, targets, warnings);
  }

  /**
   * Takes the next event. After an exception the presentation is over, and frames are passed over
   * until the next session begins.
   *
   * @throws SupersededException if the sink knows a newer session
   */
  void on(StreamEvent event, long now) {
    nowNanos = now;
    try {
      dispatch(event);
      // With tracks come frames, which tell since when the publisher is back.
      if (away != null && !(event instanceof TracksChanged)) {
        away.tick(awayUntil(event));
      }
    } catch (RuntimeException e) {
      abandon(e);
      throw e;
    }
  }

  /**
   * Frames may have waited while the past of the stream was fetched; the publisher was not away
   * then.
   */
  private long awayUntil(StreamEvent event) {
    return event instanceof FrameArrived arrived
        ? Math.min(nowNanos, arrived.frame().arrivalNanos())
        : nowNanos;
  }

  /**
   * Does what is due; call it at {@link #nextNanos} if no event comes before.
   *
   * @throws SupersededException if the sink knows a newer session
   */
  void tick(long now) {
    nowNanos = now;
    try {
      if (away != null) {
        away.tick(now);
      }
    } catch (RuntimeException e) {
      abandon(e);
      throw e;
    }
  }

  /** After a fault viewers get an ENDLIST rather than silence, if the sink still takes it. */
  private void abandon(RuntimeException fault) {
    Presentation shown = presentation;
    forget();
    abandoned = true;
    if (shown != null && !(fault instanceof SupersededException)) {
      try {
        shown.end();
      } catch (RuntimeException e) {
        fault.addSuppressed(e);
      }
    }
  }

  /** Monotonic time of the next {@link #tick}; {@link Long#MAX_VALUE} if only events matter. */
  long nextNanos() {
    return away == null ? Long.MAX_VALUE : away.nextNanos();
  }

  /** Which frames must be passed on at once; others may gather before one of these. */
  WakeRule wakeRule() {
    return section == null || feed.wantsFrames() ? WakeRule.ALL : section.wakeRule();
  }

  private void dispatch(StreamEvent event) {
    switch (event) {
      case SessionStarted started -> sessionStarted(started);
      case TracksChanged changed -> tracksChanged(changed);
      case FrameArrived arrived -> frame(arrived.frame());
      case TimeBroken broken -> {
        if (section != null) {
          section.timeBroken(nowNanos);
        }
      }
      case SessionEnded ended -> endSession();
      case StreamEnded ended -> endStream();
      case StreamFenced fenced -> handOver();
    }
  }

  private void sessionStarted(SessionStarted started) {
    endSession();
    further.sessionStarted();
    abandoned = false;
    epoch = started.epoch();
    advice.tracks(List.of(), false, false);
    if (presentation == null) {
      adopt();
    }
  }

  /** What another node has written until now is gone on with, as after a reconnect (ADR 12). */
  private void adopt() {
    long wallUs = wallUsAt(nowNanos);
    adopter.adopt(epoch).ifPresent(adopted -> goOnWith(adopted, wallUs));
  }

  private void goOnWith(Adopter.Adopted adopted, long wallUs) {
    Presentation shown = adopted.presentation();
    presentation = shown;
    StreamView left = adopted.left().view();
    targets(left.targets());
    SegmentMarks told = new SegmentMarks(shown, this::begins);
    marks = told;
    feed.adopted(epoch, left, adopted.rungs());
    further.opened(epoch, targets);
    further.adopted(adopted.renditions());
    away = AwayGap.adopted(shown, targets, nowNanos, wallUs, told, adopted.left().handedOver());
  }

  private void targets(Targets ofPresentation) {
    targets = ofPresentation;
    advice.targets(ofPresentation);
  }

  private void tracksChanged(TracksChanged changed) {
    if (start != null && start.sameInEffect(changed)) {
      if (further.tracks(changed)) {
        feed.tracks(changed);
      }
      return;
    }
    endSection();
    further.tracks(changed);
    start = abandoned || changed.tracks().isEmpty() ? null : new SectionStart(changed);
    if (start != null) {
      feed.tracks(changed);
    }
    advice.tracks(changed.tracks(), feed.replacesVideo(), feed.encodesAudio());
  }

  private void frame(Frame frame) {
    if (further.take(frame)) {
      return;
    }
    if (section != null) {
      section.frame(frame);
      further.settled(section.settledUs());
      advice.keyFramesFarApart().ifPresent(feed::keyFramesFarApart);
      if (section.wantsVideo() && start != null) {
        TracksChanged tracks = start.tracks();
        endSection();
        start = new SectionStart(tracks);
        start.offer(frame);
      }
      return;
    }
    if (start == null) {
      return;
    }
    if (start.offer(frame)) {
      beginSection(start);
    } else {
      advice.keyless(start.keylessFrames());
    }
  }

  private void beginSection(SectionStart from) {
    Presentation shown = presentation;
    if (shown == null) {
      targets(configured);
      long msn = numbers.first(path, targets.segmentUs());
      long discontinuity = numbers.firstDiscontinuity(path);
      shown = Presentation.open(sink, path, epoch, targets, msn, discontinuity);
      presentation = shown;
      marks = new SegmentMarks(shown, this::begins);
      feed.opened(epoch, targets);
      further.opened(epoch, targets);
    }
    if (away != null) {
      long backNanos = from.anchor().map(Frame::arrivalNanos).orElse(nowNanos);
      away.finish(Math.min(nowNanos, backNanos));
      away = null;
    }
    SegmentMarks told = Objects.requireNonNull(marks);
    section =
        new Section(new Surroundings(shown, targets, advice, this::wallUsAt, told, feed), from);
    further.settled(section.settledUs());
  }

  /** What was held back becomes a section even if it is short; then the section ends. */
  private void endSession() {
    if (section == null && start != null && start.giveUpWaiting()) {
      beginSection(start);
    }
    endSection();
    start = null;
  }

  private void endSection() {
    Section ended = section;
    Presentation shown = presentation;
    section = null;
    if (ended != null && shown != null) {
      further.endSection();
      ended.end();
      SegmentMarks told = Objects.requireNonNull(marks);
      away = new AwayGap(shown, targets, nowNanos, wallUsAt(nowNanos), told);
    }
  }

  private void endStream() {
    endSession();
    Presentation shown = presentation;
    if (shown != null && marks != null) {
      shown.endSegments();
      marks.away(shown.endPdtUs());
    }
    further.end();
    if (shown != null) {
      shown.end();
    }
    forget();
  }

  /** Another node goes on behind what has come until now: that is put out, and nothing more. */
  private void handOver() {
    if (presentation != null) {
      endSession();
    }
    feed.fenced();
    forget();
  }

  private void forget() {
    feed.ended();
    further.forget();
    presentation = null;
    marks = null;
    section = null;
    start = null;
    away = null;
  }

  /** A segment begins: its number is used. */
  private void begins(SegmentMark mark) {
    numbers.reached(path, mark.msn(), targets.segmentUs());
    numbers.discontinuityReached(path, mark.discontinuitySequence());
    feed.mark(mark);
    further.mark(mark);
  }

  private long wallUsAt(long nanos) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, wall.instant());
    return now - (nowNanos - nanos) / 1_000;
  }
}
