package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changed in a section from the version before this one to this one.
 *
 * @param info null where unchanged
 * @param settings null where unchanged
 */
record Delta(
    Version version,
    @Nullable NodeInfo info,
    @Nullable NodeSettings settings,
    List<Holding> held,
    List<Released> released) {

  /** A stream that the node has no more in this part. */
  record Released(StreamPath path, Holding.Kind kind) {}
}
