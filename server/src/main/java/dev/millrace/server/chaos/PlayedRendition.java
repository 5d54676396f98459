package dev.millrace.server.chaos;

import dev.millrace.server.chaos.MediaPlaylist.Part;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One rendition as a player follows it; the player's thread writes, any thread reads. */
public final class PlayedRendition {
  private static final Pattern HOLD_BACK = Pattern.compile("PART-HOLD-BACK=([0-9.]+)");
  private static final Duration RELOAD = Duration.ofSeconds(12);
  private static final int EXCERPT = 40;

  /** Shorter than any part, longer than what rounding makes of the parts of a segment. */
  private static final long ROUNDING_US = 5_000;

  private final EdgeClient client;
  private final String name;
  private final PartFetcher fetcher;
  private final Troubles troubles;

  // All that follows is guarded by this.
  private long nextMsn = -1;
  private int nextPart;
  private long takenUs;
  private long mediaSequence = -1;
  private long discontinuity = -1;
  private long firstDiscontinuity;
  private int parts;
  private long gaps;
  private int leftBehind;
  private final Screen screen = new Screen();
  private boolean ended;

  PlayedRendition(EdgeClient client, String path, String name, Map<String, String> bytes) {
    this.client = client;
    this.name = name;
    this.troubles = new Troubles(name, client);
    this.fetcher = new PartFetcher(client, path, name, bytes, troubles);
  }

  /** As in its address. */
  public String name() {
    return name;
  }

  /** Until the player is closed or the stream ends. */
  void play() {
    String query = "";
    while (!client.isClosed() && !isEnded()) {
      try {
        HttpResponse<byte[]> answer = client.get(name + "/index.m3u8" + query, RELOAD);
        troubles.answered();
        if (answer.statusCode() == 200) {
          take(new String(answer.body(), StandardCharsets.UTF_8));
          query = nextMsn < 0 ? "" : "?_HLS_msn=" + nextMsn + "&_HLS_part=" + nextPart;
        } else {
          troubles.retry("playlist" + query + " answered " + answer.statusCode());
          query = answer.statusCode() == 400 ? "" : query;
        }
      } catch (IOException e) {
        retryQuietly("playlist" + query + ": " + e);
      } catch (InterruptedException closing) {
        return;
      }
    }
  }

  private void retryQuietly(String what) {
    try {
      troubles.retry(what);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(String text) throws InterruptedException {
    MediaPlaylist playlist = MediaPlaylist.parse(text);
    checkNumbers(text, playlist);
    long endUs = playlist.endUs();
    troubles.lateness().listed(playlist.lengthUs());
    if (!playlist.parts().isEmpty()) {
      joinIfNeeded(text, playlist);
    }
    for (Segment segment : playlist.segments()) {
      if (segment.msn() == nextMsn && isTaken(segment)) {
        next(segment.msn() + 1, 0);
      } else if (segment.msn() == nextMsn && !playlist.hasParts(nextMsn)) {
        // Its parts are no longer listed: the player is late, and takes it whole.
        if (!segment.gap() && !fetcher.fetch(segment.uri(), segment.map())) {
          return;
        }
        troubles.lateness().gotOn(endUs - segment.pdtUs() - segment.durationUs());
        receive(segment.durationUs() - takenUs, segment.gap(), segment.discontinuity(), true);
        next(segment.msn() + 1, 0);
      }
    }
    for (Part part : playlist.parts()) {
      if (part.msn() == nextMsn + 1 && part.index() == 0 && playlist.segment(nextMsn).isPresent()) {
        next(part.msn(), 0);
      }
      if (part.msn() > nextMsn || (part.msn() == nextMsn && part.index() > nextPart)) {
        troubles.fault(
            "instead of %d.%d comes %d.%d%s"
                .formatted(nextMsn, nextPart, part.msn(), part.index(), excerpt(text)));
        next(part.msn(), part.index());
      }
      if (part.msn() == nextMsn && part.index() == nextPart) {
        if (!part.gap() && !fetcher.fetch(part.uri(), part.map())) {
          return;
        }
        troubles.lateness().gotOn(endUs - part.endUs());
        receive(part.durationUs(), part.gap(), part.discontinuity(), false);
        next(part.msn(), part.index() + 1);
      }
    }
    synchronized (this) {
      ended = text.contains("#EXT-X-ENDLIST");
    }
  }

  /** Whether all its parts were received. */
  private boolean isTaken(Segment segment) {
    return nextPart > 0 && Math.abs(segment.durationUs() - takenUs) < ROUNDING_US;
  }

  private void checkNumbers(String text, MediaPlaylist playlist) {
    long first = number(text, "#EXT-X-MEDIA-SEQUENCE:");
    long newest = playlist.parts().isEmpty() ? playlist.newest() : playlist.parts().getLast().msn();
    synchronized (this) {
      if (first < mediaSequence) {
        troubles.fault(
            "EXT-X-MEDIA-SEQUENCE goes back from %d to %d%s"
                .formatted(mediaSequence, first, excerpt(text)));
      }
      if (nextMsn >= 0 && newest < nextMsn - 1) {
        troubles.fault(
            "the newest number goes back from %d to %d%s"
                .formatted(nextMsn, newest, excerpt(text)));
      }
      mediaSequence = first;
    }
  }

  /** At the beginning, and when nobody has answered until the window had passed. */
  private void joinIfNeeded(String text, MediaPlaylist playlist) {
    if (nextMsn < 0) {
      join(text, playlist);
    } else if (nextMsn < playlist.oldest() && troubles.lateness().isExcuse()) {
      synchronized (this) {
        leftBehind++;
      }
      join(text, playlist);
    }
  }

  /** Begins where the server asks players to: PART-HOLD-BACK before the end. */
  private synchronized void join(String text, MediaPlaylist playlist) {
    Matcher holdBack = HOLD_BACK.matcher(text);
    if (!holdBack.find()) {
      throw new IllegalStateException("no PART-HOLD-BACK in " + text);
    }
    long holdBackUs = Math.round(Double.parseDouble(holdBack.group(1)) * 1e6);
    Part last = playlist.parts().getLast();
    for (Part part : playlist.parts()) {
      if (part.endUs() > last.endUs() - holdBackUs) {
        nextMsn = part.msn();
        nextPart = part.index();
        takenUs = part.endUs() - part.durationUs() - playlist.startUs(part.msn());
        firstDiscontinuity = discontinuity < 0 ? part.discontinuity() : firstDiscontinuity;
        discontinuity = Math.max(discontinuity, part.discontinuity());
        break;
      }
    }
  }

  private synchronized void receive(
      long durationUs, boolean gap, long discontinuityNow, boolean whole) {
    if (discontinuityNow < discontinuity) {
      troubles.fault("discontinuity " + discontinuityNow + " after " + discontinuity);
    }
    discontinuity = discontinuityNow;
    takenUs += durationUs;
    if (gap) {
      gaps += whole || nextPart == 0 ? 1 : 0;
      return;
    }
    parts++;
    screen.add(durationUs);
  }

  private synchronized void next(long msn, int part) {
    takenUs = msn == nextMsn ? takenUs : 0;
    nextMsn = msn;
    nextPart = part;
  }

  /** The end of a playlist, behind a line feed. */
  private static String excerpt(String playlist) {
    List<String> lines = playlist.lines().toList();
    return lines.subList(Math.max(0, lines.size() - EXCERPT), lines.size()).stream()
        .collect(Collectors.joining("\n  ", "; the playlist ends with\n  ", ""));
  }

  private static long number(String text, String tag) {
    return text.lines()
        .filter(line -> line.startsWith(tag))
        .mapToLong(line -> Long.parseLong(line.substring(tag.length())))
        .findFirst()
        .orElse(0);
  }

  /** Whether the stream is over and nothing more comes. */
  public synchronized boolean isEnded() {
    return ended;
  }

  /** How much later than by the clock the last part was shown, or will be the next. */
  public synchronized long stalledMillis() {
    return screen.stalledMillis();
  }

  /** Since when no part has come. */
  public synchronized long sinceLastPartMillis() {
    return screen.sinceLastPartMillis();
  }

  /** How many parts came. */
  public synchronized int parts() {
    return parts;
  }

  /** Discontinuities passed. */
  public synchronized long discontinuities() {
    return discontinuity - firstDiscontinuity;
  }

  /** Segments passed that were announced as gaps. */
  public synchronized long gaps() {
    return gaps;
  }

  /** Number of the segment that it receives. */
  public synchronized long nextMsn() {
    return nextMsn;
  }

  /** What must never be: numbers that go back, holes, one name for different bytes. */
  public List<String> faults() {
    return troubles.faults();
  }

  /** Requests that failed and were made again. */
  public List<String> retries() {
    return troubles.retries();
  }

  /** For people. */
  public synchronized String report() {
    return ("%s %d parts to %d.%d, longest pause %d ms, stalled %d ms, %d gaps, %d discontinuities"
            + "%s")
        .formatted(
            name,
            parts,
            nextMsn,
            nextPart,
            screen.longestPauseMillis(),
            stalledMillis(),
            gaps,
            discontinuities(),
            leftBehind == 0 ? "" : ", left behind by the window " + leftBehind + " times");
  }
}
