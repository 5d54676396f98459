package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.StreamView;
import java.util.Optional;

/**
 * Finds what another node has written of a stream whose publisher is here now (ADR 12). Called on
 * the packager's thread before it writes anything; may block it for a second or so, while frames
 * wait in the packager's bounded subscription.
 */
@FunctionalInterface
public interface Adoptions {
  /** A node by itself: there is nothing to go on with. */
  Adoptions NONE = (path, epoch) -> Optional.empty();

  /**
   * What another node left.
   *
   * @param handedOver whether that node has stopped by itself, with all put out that it had, and
   *     all of that is in the view
   */
  record Left(StreamView view, boolean handedOver) {}

  /**
   * What the sink has of the presentation, log and bytes, when this returns; from then on only the
   * caller writes to it. Empty if nobody in reach has a presentation of the path.
   *
   * @param epoch of the session that begins here
   */
  Optional<Left> adopt(StreamPath path, long epoch);
}
