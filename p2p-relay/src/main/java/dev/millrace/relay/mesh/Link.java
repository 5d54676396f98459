package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;

/**
 * An open connection to one other relay (binding T), behind HELLO and WELCOME. The {@link Mesh}
 * keeps what waits in queues of its own, from which it takes what grew stale; so a link takes
 * little at a time. Called on the mesh's executor only; does not call back within a call.
 */
public interface Link {
  /** Whom it leads to: the id that the certificate certified, 16 bytes. */
  Bytes peer();

  /** Whether this end opened it, and not the other. */
  boolean opened();

  /**
   * Whether it takes a frame now. False while more than 64 KiB or so that were sent have not been
   * taken by the network; when that is over, {@link Mesh#writable} is called.
   */
  boolean isWritable();

  /** Sends a frame behind those sent before. Nothing happens if the connection is broken. */
  void send(Frame.Linked frame);

  /**
   * Says BYE with this reason if it can still be said, and closes. {@link Mesh#disconnected} need
   * not be called for it any more.
   */
  void close(Frame.Leaving reason, String text);
}
