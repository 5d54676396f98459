package dev.millrace.server.bench;

import dev.millrace.server.swarm.PageText;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A page at a tracker as a WebTorrent client is one: announces with offers, answers the offers of
 * others, and announces again as often as it is asked to. On one thread, that of the timer.
 */
final class TrackerPage implements WebSocket.Listener {
  /** As Chromium's for a data channel with some candidates. */
  private static final String SDP = "v=0\r\n" + "a=candidate:0123456789\r\n".repeat(60);

  private static final int OFFERS = 5;

  private final ScheduledExecutorService timer;
  private final String infoHash;
  private final String id;
  private final TrackerTally tally;
  private final StringBuilder text = new StringBuilder();
  private final long began = System.nanoTime();

  /** A message is sent when the one before was. */
  private CompletableFuture<@Nullable WebSocket> sending = CompletableFuture.completedFuture(null);

  private long announcedNanos;
  private boolean waits;
  private boolean closed;

  /**
   * @param infoHash of the rendition, 20 characters
   * @param number of this page
   */
  TrackerPage(ScheduledExecutorService timer, String infoHash, int number, TrackerTally tally) {
    this.timer = timer;
    this.infoHash = infoHash;
    this.id = "-MR0001-%012d".formatted(number);
    this.tally = tally;
  }

  @Override
  public void onOpen(WebSocket socket) {
    TrackerTally.add(tally.connecting, began);
    tally.open.increment();
    announce(socket);
    socket.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence more, boolean last) {
    text.append(more);
    if (last) {
      read(socket, text.toString());
      text.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    close("the tracker closed: " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    close("a connection broke: " + error);
  }

  private void close(String why) {
    if (!closed) {
      closed = true;
      tally.open.decrement();
      tally.error(why);
    }
  }

  /** Says that this page is there. */
  private void announce(WebSocket socket) {
    if (closed) {
      return;
    }
    List<String> offers =
        IntStream.range(0, OFFERS)
            .mapToObj(i -> id.substring(id.length() - 12) + "%08d".formatted(i))
            .toList();
    announcedNanos = System.nanoTime();
    waits = true;
    send(socket, PageText.announce(infoHash, id, offers, SDP));
  }

  private void send(WebSocket socket, String message) {
    sending = sending.thenCompose(before -> socket.sendText(message, true));
  }

  private void read(WebSocket socket, String whole) {
    switch (PageText.read(whole).orElse(null)) {
      case PageText.Refused(String reason) -> tally.error(reason);
      case PageText.Offered offer -> {
        tally.offers.increment();
        send(socket, PageText.answer(infoHash, id, offer, SDP));
      }
      case PageText.Answered() -> tally.answers.increment();
      case PageText.Known(long intervalS) -> known(socket, intervalS);
      case null -> tally.error("not a tracker's message: " + whole);
    }
  }

  /** Each answer to another page is told so, too. */
  private void known(WebSocket socket, long intervalS) {
    if (waits) {
      waits = false;
      TrackerTally.add(tally.announcing, announcedNanos);
      timer.schedule(() -> announce(socket), intervalS, TimeUnit.SECONDS);
    }
  }
}
