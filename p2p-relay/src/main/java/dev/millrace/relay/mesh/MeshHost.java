package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;

/**
 * What a {@link Mesh} asks of the node it runs in. Called on the mesh's executor only; answers come
 * as calls of the mesh later, never within a call.
 */
public interface MeshHost {
  /**
   * Opens a connection to a relay of the site, unless one is being opened. Answered by {@link
   * Mesh#connected} or {@link Mesh#unreachable}.
   */
  void connect(Bytes peer);

  /**
   * Another relay needs this stream from here, or a player of this one does: from now on its signed
   * log is told by {@link Mesh#signed}. Called once until {@link #unfollow}.
   */
  void follow(StreamPath path);

  /** Nobody needs the stream any more. */
  void unfollow(StreamPath path);

  /**
   * Whom this relay accuses from now on: to be told to all relays of the site at once, and again
   * each second or so for those who come ({@link Mesh#accused}). At most {@link Accusation#MOST}.
   */
  void accuse(List<Accusation> all);

  /**
   * A relay was shut out for ten minutes.
   *
   * @param why for the log and the edge, in English
   */
  void banned(Bytes peer, String why);
}
