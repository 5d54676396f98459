package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSource;
import dev.millrace.media.log.Thumbnail;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where an edge takes from what it answers. All but {@code metrics} are asked on event loops and
 * must not block.
 *
 * @param parts playlists and media
 * @param pictures posters and thumbnails
 * @param facts what ingest tells of its streams
 * @param ladder what is encoded of a stream; empty where nobody knows
 * @param rtmpPort where publishers are taken, for pages that tell it; empty while nobody knows
 * @param metrics the text of {@code /metrics}; called on a worker thread
 * @param cluster what it belongs to
 * @param relay what is sent to controlled networks from here
 * @param swarm viewers who share
 * @param site whom it serves, and who serves sites
 */
public record EdgeSources(
    PartSource parts,
    PictureSource pictures,
    Supplier<List<StreamFacts>> facts,
    Function<StreamPath, Optional<LadderFacts>> ladder,
    Supplier<OptionalInt> rtmpPort,
    Supplier<String> metrics,
    EdgeCluster cluster,
    EdgeRelay relay,
    EdgeSwarm swarm,
    EdgeSite site) {

  /** Of a node by itself, without pictures, ladders, port and metrics. */
  public static EdgeSources of(PartSource parts, Supplier<List<StreamFacts>> facts) {
    return new EdgeSources(
        parts,
        new NoPictures(),
        facts,
        path -> Optional.empty(),
        OptionalInt::empty,
        () -> "",
        EdgeCluster.none(new SecureRandom().nextLong()),
        EdgeRelay.NONE,
        EdgeSwarm.NONE,
        EdgeSite.NONE);
  }

  private static final class NoPictures implements PictureSource {
    @Override
    public Optional<Picture> poster(StreamPath path) {
      return Optional.empty();
    }

    @Override
    public List<Thumbnail> thumbnails(StreamPath path) {
      return List.of();
    }
  }
}
