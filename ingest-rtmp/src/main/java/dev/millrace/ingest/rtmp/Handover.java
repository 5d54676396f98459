package dev.millrace.ingest.rtmp;

import dev.millrace.ingest.rtmp.PublishedTag.Role;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A publisher's way from one server to another (Enhanced RTMP v2, "Reconnect Request"): the new
 * connection is made ready while the old one goes on; at a key frame the path is asked for there,
 * and from that frame on tags are held until it is granted. So nothing is lost, and nothing sent
 * twice but the headers. Where it is refused, what was held goes to the old server. Event loop.
 *
 * <pre>
 * from        event                                  to
 * CONNECTING  the new connection is ready            READY
 * READY       a tag with which decoding can begin    ASKING     tags are held
 * ASKING      Publish.Start, held tags sent there    DONE
 * any         the new connection fails, or too much is held: held tags sent to the old  FAILED
 * </pre>
 */
final class Handover {
  /** Held at most; at 20 Mbit/s some 6 s. */
  private static final long MAX_HELD_BYTES = 16L * 1024 * 1024;

  private enum State {
    CONNECTING,
    READY,
    ASKING,
    DONE,
    FAILED
  }

  private final RtmpClientConnection old;
  private final RtmpClientConnection next;
  private final PublishedHeaders headers;
  private final Deque<PublishedTag> held = new ArrayDeque<>();
  private State state = State.CONNECTING;
  private long heldBytes;

  /**
   * @param next connects, but does not publish yet
   * @param headers what a new server must know first
   */
  Handover(RtmpClientConnection old, RtmpClientConnection next, PublishedHeaders headers) {
    this.old = old;
    this.next = next;
    this.headers = headers;
  }

  /** The new connection may publish. */
  void ready() {
    if (state == State.CONNECTING) {
      state = State.READY;
    }
  }

  /** Takes the next tag, which {@code headers} knows already. */
  void send(PublishedTag tag) {
    boolean begins = tag.role() == Role.KEY && (tag.isVideo() || !headers.hasVideo());
    if (state == State.READY && begins) {
      state = State.ASKING;
      next.publish();
    }
    if (state != State.ASKING) {
      old.send(tag);
      return;
    }
    held.add(tag);
    heldBytes += tag.body().length();
    if (heldBytes > MAX_HELD_BYTES) {
      fail();
    }
  }

  /** The new server has accepted: what was held goes there, and the old connection ends. */
  void published() {
    if (state != State.ASKING) {
      return;
    }
    state = State.DONE;
    headers.replay(held.element().timestamp()).forEach(next::send);
    held.forEach(next::send);
    held.clear();
    next.flush();
    old.unpublish();
  }

  /** All stays as it was; does nothing once the new server has accepted. */
  void fail() {
    if (state == State.DONE || state == State.FAILED) {
      return;
    }
    state = State.FAILED;
    held.forEach(old::send);
    held.clear();
    old.flush();
    next.abort();
  }
}
