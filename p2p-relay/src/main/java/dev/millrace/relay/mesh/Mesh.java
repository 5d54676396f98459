package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One relay of a site, which shares the parts of streams with the others
 * (docs/reference/relay-protocol.md, sections 6, 7 and 9). It has no sockets, threads or clocks:
 * its methods are what happens, all called on one executor of the caller's, on which all of it
 * runs.
 *
 * <p>Connections are opened when the mesh asks for them ({@link MeshHost#connect}) and when others
 * do. Both ends may open one at the same time; the mesh closes one of them.
 */
public interface Mesh {
  /**
   * The relays of the site, this one among them or not. Takes effect for a stream at its next
   * segment.
   */
  void site(Collection<SiteRelay> relays);

  /**
   * What to answer a relay that connected and said HELLO. With another verdict than {@code WELCOME}
   * the answer is sent and the connection closed; {@link #connected} is not called.
   *
   * @param certified the id that its certificate certifies, 16 bytes
   * @param clockMs wall time, ms since 1970
   */
  Frame.Welcome greet(Frame.Hello hello, Bytes certified, long clockMs);

  /** A connection is open, behind HELLO and WELCOME, opened by either end. */
  void connected(Link link);

  /** A frame came over a connection, behind HELLO and WELCOME. */
  void received(Link link, Frame.Linked frame);

  /** A connection takes frames again, behind {@link Link#isWritable} having been false. */
  void writable(Link link);

  /**
   * Something came over a connection that is no frame: blame of the peer. The mesh closes it.
   *
   * @param reason what was wrong with it
   */
  void malformed(Link link, String reason);

  /** A connection is broken, or the other end said BYE. */
  void disconnected(Link link);

  /**
   * {@link MeshHost#connect} had no success.
   *
   * @param verdict if it answered, with another than {@code WELCOME}
   */
  void unreachable(Bytes peer, Optional<Frame.Verdict> verdict);

  /**
   * A part's entry, of a stream that is followed, was signed. In the order of the log within a
   * rendition; end markers and gaps too.
   *
   * @param live false for those of the window that stood there when the following began: they are
   *     not fed or asked for, until a player does
   */
  void signed(StreamPath path, String rendition, PartEntry entry, boolean live);

  /** A presentation is over, or another begins: what is open of the stream is given up. */
  void ended(StreamPath path);

  /**
   * Players here watch a rendition: its parts are to come as they are made, until {@link #unwant}.
   */
  void want(StreamPath path, String rendition);

  /** No player here watches the rendition any more. */
  void unwant(StreamPath path, String rendition);

  /**
   * The bytes of a part, as the signed log has them; none for a gap. At once if it is here; else
   * when it has come through the site, which asks an edge where that takes too long. A part of the
   * window that the site has not shared is asked of the edge at once.
   *
   * @return completes on the mesh's executor; fails as {@link EdgeFetch} does, with {@code
   *     NoSuchFileException} for a part that is not in the log and does not come within 10 s, or
   *     that the site did not get within 3 s (the line is not for all who lack it), and with {@link
   *     UnsharedException}
   */
  CompletionStage<Bytes> part(StreamPath path, String rendition, LogPosition position);

  /**
   * Another relay of the site saw that some sent what they must not; told again and again.
   *
   * @param accuser who it is that said so: by the connection, not by what was said
   */
  void accused(Bytes accuser, List<Accusation> all);

  /** What it has done so far and whom it knows, for API and metrics. */
  MeshSnapshot snapshot();

  /** The mesh has nothing to do with a part (any more): whoever wants it asks an edge. */
  final class UnsharedException extends RuntimeException {
    UnsharedException() {
      super("not shared by the site", null, false, false);
    }
  }

  /** Says BYE to everybody; nothing happens any more after it. */
  void close();
}
