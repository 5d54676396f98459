package dev.millrace.server.e2e;

import dev.millrace.media.Bytes;
import dev.millrace.server.e2e.MediaPlaylist.Part;
import dev.millrace.server.e2e.MediaPlaylist.Segment;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One rendition as a player follows it; the player's thread writes, any thread reads. */
final class PlayedRendition {
  private static final Pattern HOLD_BACK = Pattern.compile("PART-HOLD-BACK=([0-9.]+)");
  private static final Duration RELOAD = Duration.ofSeconds(12);
  private static final Duration FETCH = Duration.ofSeconds(10);
  private static final long RETRY_MILLIS = 100;

  private final PlayerUnderTest player;
  private final String path;
  private final String name;
  private final Map<String, String> bytes;

  // All that follows is guarded by this.
  private final List<String> faults = new ArrayList<>();
  private final List<String> retries = new ArrayList<>();
  private long nextMsn = -1;
  private int nextPart;
  private long mediaSequence = -1;
  private long discontinuity = -1;
  private long firstDiscontinuity;
  private int parts;
  private long gaps;
  private long playedFromNanos;
  private long bufferedUs;
  private long stalledUs;
  private long lastPartNanos = System.nanoTime();
  private long longestPauseMillis;
  private boolean ended;

  PlayedRendition(PlayerUnderTest player, String path, String name, Map<String, String> bytes) {
    this.player = player;
    this.path = path;
    this.name = name;
    this.bytes = bytes;
  }

  String name() {
    return name;
  }

  /** Until the player is closed or the stream ends. */
  void play() {
    String query = "";
    while (!player.isClosed() && !isEnded()) {
      try {
        HttpResponse<byte[]> answer = player.get(name + "/index.m3u8" + query, RELOAD);
        if (answer.statusCode() == 200) {
          take(new String(answer.body(), StandardCharsets.UTF_8));
          query = nextMsn < 0 ? "" : "?_HLS_msn=" + nextMsn + "&_HLS_part=" + nextPart;
        } else {
          retry("playlist" + query + " answered " + answer.statusCode());
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
      retry(what);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void retry(String what) throws InterruptedException {
    if (player.isClosed()) {
      return;
    }
    synchronized (this) {
      retries.add("%tT.%<tL %s %s".formatted(System.currentTimeMillis(), name, what));
    }
    Thread.sleep(RETRY_MILLIS);
  }

  private void take(String text) throws IOException, InterruptedException {
    MediaPlaylist playlist = MediaPlaylist.parse(text);
    checkNumbers(text, playlist);
    if (nextMsn < 0 && !playlist.parts().isEmpty()) {
      join(text, playlist);
    }
    for (Segment segment : playlist.segments()) {
      if (segment.msn() == nextMsn && nextPart == 0 && !hasParts(playlist, nextMsn)) {
        // Its parts are no longer listed: the player is late, and takes it whole.
        receive(segment.uri(), segment.durationUs(), segment.gap(), segment.discontinuity(), true);
        next(segment.msn() + 1, 0);
      }
    }
    for (Part part : playlist.parts()) {
      if (part.msn() == nextMsn + 1 && part.index() == 0 && isWhole(playlist, nextMsn)) {
        next(part.msn(), 0);
      }
      if (part.msn() == nextMsn && part.index() == nextPart) {
        receive(part.uri(), part.durationUs(), part.gap(), part.discontinuity(), false);
        next(part.msn(), part.index() + 1);
      } else if (part.msn() > nextMsn || (part.msn() == nextMsn && part.index() > nextPart)) {
        fault("after " + nextMsn + "." + nextPart + " comes " + part.msn() + "." + part.index());
        next(part.msn(), part.index());
      }
    }
    synchronized (this) {
      ended = text.contains("#EXT-X-ENDLIST");
    }
  }

  private static boolean hasParts(MediaPlaylist playlist, long msn) {
    return playlist.parts().stream().anyMatch(part -> part.msn() == msn);
  }

  private static boolean isWhole(MediaPlaylist playlist, long msn) {
    return playlist.segment(msn).isPresent();
  }

  private void checkNumbers(String text, MediaPlaylist playlist) {
    long first = number(text, "#EXT-X-MEDIA-SEQUENCE:");
    long newest = playlist.parts().isEmpty() ? playlist.newest() : playlist.parts().getLast().msn();
    synchronized (this) {
      if (first < mediaSequence) {
        faults.add(
            name + ": EXT-X-MEDIA-SEQUENCE goes back from " + mediaSequence + " to " + first);
      }
      if (nextMsn >= 0 && newest < nextMsn - 1) {
        faults.add(name + ": the newest number goes back from " + nextMsn + " to " + newest);
      }
      mediaSequence = first;
    }
  }

  /** Begins where the server asks players to: PART-HOLD-BACK before the end. */
  private synchronized void join(String text, MediaPlaylist playlist) {
    Matcher holdBack = HOLD_BACK.matcher(text);
    if (!holdBack.find()) {
      throw new AssertionError("no PART-HOLD-BACK in " + text);
    }
    long holdBackUs = Math.round(Double.parseDouble(holdBack.group(1)) * 1e6);
    Part last = playlist.parts().getLast();
    for (Part part : playlist.parts()) {
      if (part.endUs() > last.endUs() - holdBackUs) {
        nextMsn = part.msn();
        nextPart = part.index();
        discontinuity = part.discontinuity();
        firstDiscontinuity = discontinuity;
        break;
      }
    }
  }

  private void receive(
      String uri, long durationUs, boolean gap, long discontinuityNow, boolean whole)
      throws IOException, InterruptedException {
    if (!gap) {
      fetch(uri);
    }
    long now = System.nanoTime();
    synchronized (this) {
      if (discontinuityNow < discontinuity) {
        faults.add(name + ": discontinuity " + discontinuityNow + " after " + discontinuity);
      }
      discontinuity = discontinuityNow;
      if (gap) {
        gaps += whole || nextPart == 0 ? 1 : 0;
        return;
      }
      parts++;
      longestPauseMillis = Math.max(longestPauseMillis, (now - lastPartNanos) / 1_000_000);
      lastPartNanos = now;
      if (playedFromNanos == 0) {
        playedFromNanos = now;
      }
      stalledUs = Math.max(stalledUs, (now - playedFromNanos) / 1000 - bufferedUs);
      bufferedUs += durationUs;
    }
  }

  private void fetch(String uri) throws IOException, InterruptedException {
    while (!player.isClosed()) {
      try {
        HttpResponse<byte[]> answer = player.get(name + "/" + uri, FETCH);
        if (answer.statusCode() == 200) {
          String sum = Bytes.wrap(answer.body()).sha256().hex();
          String known = bytes.putIfAbsent(path + "/" + name + "/" + uri, sum);
          if (known != null && !known.equals(sum)) {
            fault(uri + " has other bytes than before");
          }
          return;
        }
        retry(uri + " answered " + answer.statusCode());
      } catch (IOException e) {
        retry(uri + ": " + e);
      }
    }
  }

  private synchronized void next(long msn, int part) {
    nextMsn = msn;
    nextPart = part;
  }

  private synchronized void fault(String text) {
    faults.add(name + ": " + text);
  }

  private static long number(String text, String tag) {
    return text.lines()
        .filter(line -> line.startsWith(tag))
        .mapToLong(line -> Long.parseLong(line.substring(tag.length())))
        .findFirst()
        .orElse(0);
  }

  synchronized boolean isEnded() {
    return ended;
  }

  /**
   * How much later than by the clock the last part was shown, or will be the next: what is shown
   * goes on where it stood, so that each stall adds to the distance from live.
   */
  synchronized long stalledMillis() {
    long dueUs =
        playedFromNanos == 0 ? 0 : (System.nanoTime() - playedFromNanos) / 1000 - bufferedUs;
    return Math.max(stalledUs, dueUs) / 1000;
  }

  synchronized long sinceLastPartMillis() {
    return (System.nanoTime() - lastPartNanos) / 1_000_000;
  }

  synchronized int parts() {
    return parts;
  }

  synchronized long discontinuities() {
    return discontinuity - firstDiscontinuity;
  }

  synchronized long gaps() {
    return gaps;
  }

  synchronized long nextMsn() {
    return nextMsn;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized List<String> retries() {
    return List.copyOf(retries);
  }

  synchronized String report() {
    return "%s %d parts to %d.%d, longest pause %d ms, stalled %d ms, %d gaps, %d discontinuities"
        .formatted(
            name,
            parts,
            nextMsn,
            nextPart,
            longestPauseMillis,
            stalledMillis(),
            gaps,
            discontinuities());
  }
}
