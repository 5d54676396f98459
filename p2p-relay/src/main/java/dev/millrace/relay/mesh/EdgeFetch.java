package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.concurrent.CompletableFuture;

/**
 * Gets parts from an edge, over the line of the site. Each call costs the site a copy: the mesh
 * counts them and calls only where the protocol has a feeder, a ticket or a player's request that
 * the site cannot answer.
 */
@FunctionalInterface
public interface EdgeFetch {
  /**
   * The bytes of a part, which may not exist yet: a feeder asks for the next one by its name, as
   * players do. Called on the mesh's executor; the future may complete on any thread, with what it
   * has or with a failure, within 13 s. The mesh checks the bytes against the signed log itself. It
   * cancels the future when the part is of no use any more: then no more of it may come over the
   * line.
   *
   * @param file a name of {@link dev.millrace.media.log.FileName.Part}
   */
  CompletableFuture<Bytes> fetch(StreamPath path, String rendition, String file);
}
