package dev.millrace.media.log;

import java.util.List;

/**
 * What a follower of a stream's logs receives: first what is in the window, then everything new, in
 * order. {@link Opened} comes first; a {@link Described} comes before the first {@link Appended} of
 * its rendition and again whenever it changes; nothing follows {@link Ended} until another {@link
 * Opened} begins a presentation under the same path: a new one, or the same one anew where too much
 * of it was missed; the logs begin anew then, behind where they ended. {@link Pictured} may come at
 * any time after {@link Opened}, and so may {@link Signing}.
 */
public sealed interface LogRecord {
  /** A presentation begins; whatever was known of the path before is void. */
  record Opened(long epoch, Targets targets) implements LogRecord {}

  /**
   * Renditions that will be written beside those that are described; replaces what was told before.
   */
  record Expected(List<String> renditions) implements LogRecord {
    public Expected {
      renditions = List.copyOf(renditions);
    }
  }

  /** A rendition is new or has a new initialization section. */
  record Described(RenditionDescription rendition) implements LogRecord {}

  /** A part (or gap, or end marker) was appended. */
  record Appended(String rendition, PartEntry entry) implements LogRecord {}

  /** The presentation is over: EXT-X-ENDLIST in all renditions. */
  record Ended() implements LogRecord {}

  /**
   * A picture of the presentation. Pictures travel with the log but are no part of it: they change
   * no playlist, come in any order, and one that is missing is missed by nobody.
   */
  sealed interface Pictured extends LogRecord {}

  /**
   * A signature of what was told, or of what will be: copies tell records in another order than
   * their writer. Changes no playlist.
   */
  sealed interface Signing extends LogRecord {}

  /** Who has signed blocks that follow. */
  record SignerTold(SignerKey key) implements Signing {}

  /** Records are signed. */
  record Signed(SignedBlock block) implements Signing {}

  /** The newest poster. */
  record PosterTaken(Picture poster) implements Pictured {}

  /** A segment's thumbnail. */
  record ThumbnailTaken(Thumbnail thumbnail) implements Pictured {}
}
