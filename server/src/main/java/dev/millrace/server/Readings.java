package dev.millrace.server;

import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PictureSource;
import dev.millrace.origin.http.ReadSource;
import java.util.Optional;

/**
 * Who reads what in a node: streams of this machine alone, of a cluster, or, at the relay of a
 * site, of edges. Immutable.
 */
record Readings(OriginRoom origin, Optional<SharedStreams> shared, Optional<GatewayRoom> gateway) {
  /** What other nodes of the cluster read here. */
  ReadSource forNodes() {
    return gateway.map(GatewayRoom::readable).orElseGet(() -> ReadSource.of(origin.store()));
  }

  /** What viewers are shown, and what is sent as IPTV. */
  PartSource forViewers() {
    return gateway
        .map(GatewayRoom::parts)
        .or(() -> shared.map(SharedStreams::forViewers))
        .orElse(origin.store());
  }

  /** Posters and thumbnails. */
  PictureSource pictures() {
    Optional<MergedPartSource> merged =
        gateway.map(GatewayRoom::source).or(() -> shared.map(SharedStreams::forViewers));
    return merged.<PictureSource>map(each -> each).orElse(origin.store());
  }
}
