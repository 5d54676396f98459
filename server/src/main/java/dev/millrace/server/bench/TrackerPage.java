package dev.millrace.server.bench;

import dev.millrace.server.swarm.PageSockets;
import dev.millrace.server.swarm.PageText;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A page at a tracker as a WebTorrent client is one: announces with offers, answers the offers of
 * others, and announces again as often as it is asked to. On the thread of all pages, but for the
 * constructor.
 */
final class TrackerPage implements PageSockets.Page {
  /** As Chromium's for a data channel with some candidates. */
  private static final String SDP = "v=0\r\n" + "a=candidate:0123456789\r\n".repeat(60);

  private static final int OFFERS = 5;

  private final PageSockets sockets;
  private final String infoHash;
  private final String id;
  private final TrackerTally tally;
  private final long began = System.nanoTime();

  /** When it came, then when it last announced itself. */
  private TrackerPhase phase;

  private PageSockets.Socket socket = text -> {};
  private long announcedNanos;
  private boolean waits;
  private boolean opened;

  /**
   * @param infoHash of the rendition, 20 characters
   * @param number of this page
   */
  TrackerPage(PageSockets sockets, String infoHash, int number, TrackerTally tally) {
    this.sockets = sockets;
    this.infoHash = infoHash;
    this.id = "-MR0001-%012d".formatted(number);
    this.tally = tally;
    this.phase = tally.phase();
  }

  @Override
  public void opened(PageSockets.Socket connected) {
    TrackerPhase.add(phase.connecting, System.nanoTime() - began);
    tally.open.increment();
    opened = true;
    socket = connected;
    announce();
  }

  @Override
  public void ended(String why) {
    if (opened) {
      tally.open.decrement();
    }
    opened = false;
    tally.error("a page: " + why);
  }

  /** Says that this page is there. */
  private void announce() {
    if (!opened) {
      return;
    }
    List<String> offers =
        IntStream.range(0, OFFERS)
            .mapToObj(i -> id.substring(id.length() - 12) + "%08d".formatted(i))
            .toList();
    String text = PageText.announce(infoHash, id, offers, SDP);
    phase = tally.phase();
    announcedNanos = System.nanoTime();
    waits = true;
    socket.send(text);
  }

  @Override
  public void heard(String text) {
    switch (PageText.read(text).orElse(null)) {
      case PageText.Refused(String reason) -> tally.error(reason);
      case PageText.Offered offer -> {
        tally.offers.increment();
        socket.send(PageText.answer(infoHash, id, offer, SDP));
      }
      case PageText.Answered() -> tally.answers.increment();
      case PageText.Known(long intervalS) -> known(intervalS);
      case null -> tally.error("not a tracker's message: " + text);
    }
  }

  /** The tracker's answer to an announcement. */
  private void known(long intervalS) {
    if (waits) {
      waits = false;
      TrackerPhase.add(phase.announcing, System.nanoTime() - announcedNanos);
      sockets.later(Duration.ofSeconds(intervalS), this::announce);
    }
  }
}
