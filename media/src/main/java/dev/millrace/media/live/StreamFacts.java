package dev.millrace.media.live;

import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator wants to know of a stream, at one instant. Immutable.
 *
 * @param publisher of the present session; while waiting, of the last one
 * @param tracks of the present or last session; empty until the publisher's configuration is known
 * @param startedAt wall time at which the stream's first session began
 * @param uptime since {@code startedAt}
 * @param bytesReceived of media, all sessions together
 * @param videoBitrateBps measured over the last seconds of arrival; 0 while nothing arrives
 * @param audioBitrateBps the same of audio
 * @param frameRate video frames a second of media time, measured over the last frames; 0 if unknown
 * @param warnings what is wrong with the stream, code to sentence, oldest first
 * @param reconnects sessions after the first
 * @param epoch of the present or last session
 * @param owner {@link Grant#credential} of that session; empty before the first
 */
public record StreamFacts(
    StreamPath path,
    State state,
    Optional<PublisherFacts> publisher,
    List<Track> tracks,
    Instant startedAt,
    Duration uptime,
    long bytesReceived,
    long videoBitrateBps,
    long audioBitrateBps,
    double frameRate,
    Map<String, String> warnings,
    int reconnects,
    long epoch,
    String owner) {

  /** Where a stream stands; the transitions are at {@link LiveStream}. */
  public enum State {
    /** A publisher is connected. */
    LIVE,
    /** The publisher is gone and may come back. */
    WAITING,
    /** Over. */
    ENDED
  }
}
