package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What an edge knows of the cluster it belongs to. All functions are called on event loops: they
 * answer from memory, or with a stage that may complete on any thread.
 *
 * @param facts the nodes, as they are now; the same object as long as nothing changed, if that is
 *     cheap to tell
 * @param streams that at least one node has
 * @param copies who has a stream: ingest first, then complete copies, newest epoch first, then
 *     others
 * @param report the {@link NodeReport} of another node by its id; asked at most once a second for
 *     each node, and only while somebody reads the API. Fails if the node does not answer: within a
 *     second or so
 * @param viewerSalt the same on all nodes and secret, so that one viewer at two edges is counted
 *     once
 * @param steeringTtl after which a player asks again where it should load from; whole seconds
 * @param admin what operators may do
 */
public record EdgeCluster(
    Supplier<ClusterFacts> facts,
    Supplier<Set<StreamPath>> streams,
    Function<StreamPath, List<StreamCopy>> copies,
    Function<String, CompletionStage<String>> report,
    long viewerSalt,
    Duration steeringTtl,
    ClusterAdmin admin) {

  /** How often players ask where to load from, unless configured otherwise. */
  public static final Duration STEERING_TTL = Duration.ofSeconds(5);

  /** A node by itself. */
  public static EdgeCluster none(long viewerSalt) {
    return new EdgeCluster(
        () -> ClusterFacts.NONE,
        Set::of,
        path -> List.of(),
        node -> CompletableFuture.failedFuture(new NoSuchElementException("no node " + node)),
        viewerSalt,
        STEERING_TTL,
        ClusterAdmin.NONE);
  }
}
