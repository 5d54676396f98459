package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one rendition that follows the marks of a stream's segment clock (ADR 6): the same segment
 * numbers, borders, wall times and discontinuities as the source, parts closed as soon as their
 * last frame is there, and gaps for whatever time no media came. It never decides where a segment
 * ends.
 *
 * <p>Call sequence: {@link #mark} for every mark of the feed in its order; {@link #describe} before
 * the first frame and when the encoder changes; {@link #frame} for every encoded frame, which may
 * be (much) later than the marks after it; {@link #progress} after them. Before a mark of another
 * section (or one without media), give all frames that the encoder still holds: session times begin
 * anew there. {@link #end} once.
 *
 * <p>A segment should begin with a key frame: force one at the first frame for which {@link
 * #beginsWith} says so. Where it is none, the segment is not independent.
 *
 * <p>One thread; calls of the sink block it. {@link SupersededException} from any method: another
 * writer has taken over, this one must not be used any more. What the sink throws goes through; end
 * the writer then and let another take over.
 */
public final class RungWriter {
  private static final Logger log = LoggerFactory.getLogger(RungWriter.class);

  private final String name;
  private final Targets targets;
  private final RungLog rung;
  private @Nullable RungMedia media;
  private @Nullable Track track;
  private @Nullable RenditionDescription description;
  private boolean shed;
  private boolean anywhere;

  /**
   * @param sink may know the rendition already: then its log is gone on with
   * @param epoch of the presentation
   * @param name of the rendition
   */
  public RungWriter(RenditionSink sink, StreamPath path, long epoch, Targets targets, String name) {
    this.name = name;
    this.targets = targets;
    this.rung = new RungLog(sink, path, epoch, targets, name);
  }

  /** Whether a frame of this session time is the first of the segment that the mark begins. */
  public static boolean beginsWith(SegmentMark mark, long sessionUs) {
    return mark.media() && sessionUs - mark.originUs() + RungVideo.EARLY_US >= mark.mediaUs();
  }

  /** Takes the next mark; on joining also those of the past. */
  public void mark(SegmentMark mark) {
    aligned(() -> addMark(mark));
  }

  private void addMark(SegmentMark mark) {
    if (rung.sameSection(mark)) {
      rung.add(mark, shed);
      return;
    }
    if (media != null && rung.replacesCurrent(mark)) {
      media.drop();
    } else if (media != null) {
      media.endSection(rung.sectionEnds(mark));
    }
    rung.passTo(mark, shed);
  }

  /**
   * What the next frames are. Another initialization section than before counts from the next mark:
   * the rest of the open segment becomes a gap, unless nothing of it is written.
   *
   * @param encoded for video its frame rate matters (that of the rung), for audio all but its id
   */
  public void describe(Track encoded, RenditionDescription next) {
    if (!next.name().equals(name)) {
      throw new IllegalArgumentException("describes " + next.name() + ", not " + name);
    }
    if (encoded.equals(track) && next.equals(description)) {
      return;
    }
    aligned(
        () -> {
          if (media != null) {
            media.stop();
          }
        });
    track = encoded;
    description = next;
    media =
        switch (encoded) {
          case Track.Video video -> new RungVideo(rung, video, next, targets, () -> anywhere);
          case Track.Audio audio -> new RungAudio(rung, audio, next, targets);
        };
  }

  /** Takes the next encoded frame, with the session's times, in decode order. */
  public void frame(Frame frame) {
    RungMedia to = media;
    if (to == null) {
      throw new IllegalStateException(name + " is not described yet");
    }
    aligned(() -> to.frame(frame));
  }

  /**
   * All encoded frames before this session time were given, and all marks before it. So no part
   * waits longer for its end, and audio may be cut. A time of the section that began last.
   */
  public void progress(long sessionUs) {
    Optional<RungLog.Planned> open = rung.current();
    if (open.isEmpty() || !open.get().mark().media()) {
      return;
    }
    long mediaUs = sessionUs - open.get().mark().originUs();
    aligned(
        () -> {
          if (media != null) {
            media.progress(mediaUs);
          } else {
            rung.passBy(mediaUs);
          }
        });
  }

  /**
   * Overload: from the next mark on only gaps are written, whatever frames come; with false, media
   * again from a mark after this call whose key frame comes.
   */
  public void shed(boolean gapsInstead) {
    shed = gapsInstead;
  }

  /**
   * Video that nobody can ask for key frames: with true, media may also begin with a key frame that
   * is not the first frame of a segment, behind gaps.
   */
  void joinAnywhere(boolean midSegment) {
    anywhere = midSegment;
  }

  /** The presentation or the encoder is at its end: what has come goes out. */
  public void end() {
    aligned(
        () -> {
          if (media != null) {
            media.stop();
          }
        });
  }

  /** A log that goes on elsewhere than was thought is gone on with there. */
  private void aligned(Runnable call) {
    try {
      call.run();
    } catch (MisalignedException e) {
      log.warn("rendition {}: {}; what is missing becomes a gap", name, e.getMessage());
      if (media != null) {
        media.drop();
      }
      rung.rejoin();
    }
  }
}
