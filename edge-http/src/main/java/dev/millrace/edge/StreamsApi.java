package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamFacts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The streams as JSON, wherever in the cluster they are: what their ingest tells of the publisher,
 * joined with what the part log tells of the playlists and what the cluster tells of copies and
 * viewers. The publisher's address is left out, since anybody may read this. Any thread; answers
 * from memory.
 */
final class StreamsApi {
  private final EdgeSources sources;
  private final EdgeStreams streams;
  private final LiveFacts facts;
  private final ClusterReports reports;
  private final LongSupplier nanoTime;

  StreamsApi(EdgeSources sources, EdgeStreams streams, LiveFacts facts, LongSupplier nanoTime) {
    this.sources = sources;
    this.streams = streams;
    this.facts = facts;
    this.reports = new ClusterReports(sources.cluster().report(), nanoTime);
    this.nanoTime = nanoTime;
  }

  /** Asks the other nodes how they are; completes on any thread when there is something to tell. */
  CompletableFuture<Void> refresh() {
    return reports.refresh(others(cluster()));
  }

  /**
   * All streams that are live, waiting for their publisher, or ended and still readable, and where
   * to publish one.
   *
   * @param relays of the site of who asks
   */
  JsonObject list(List<ClusterNode> relays) {
    ClusterFacts cluster = cluster();
    Map<StreamPath, StreamFacts> known = new TreeMap<>();
    facts.all().forEach(each -> known.put(each.path(), each));
    TreeSet<StreamPath> paths = new TreeSet<>(known.keySet());
    paths.addAll(sources.parts().streams());
    paths.addAll(sources.cluster().streams().get());
    JsonArray list = new JsonArray();
    for (StreamPath path : paths) {
      // Looking at a list must not make this edge follow every stream of a cluster.
      Optional<EdgeStream> stream = cluster.isClustered() ? streams.known(path) : streams.use(path);
      describe(cluster, path, Optional.ofNullable(known.get(path)), stream).ifPresent(list::add);
    }
    JsonObject json = new JsonObject().put("streams", list);
    sources
        .rtmpPort()
        .get()
        .ifPresent(port -> json.put("ingest", new JsonObject().put("rtmpPort", port)));
    putEdges(json, cluster, relays);
    return json;
  }

  /**
   * One stream; empty if there is none of this path.
   *
   * @param relays of the site of who asks
   */
  Optional<JsonObject> stream(StreamPath path, List<ClusterNode> relays) {
    ClusterFacts cluster = cluster();
    Optional<JsonObject> json = describe(cluster, path, facts.of(path), streams.use(path));
    json.ifPresent(each -> putEdges(each, cluster, relays));
    return json;
  }

  private Optional<JsonObject> describe(
      ClusterFacts cluster,
      StreamPath path,
      Optional<StreamFacts> told,
      Optional<EdgeStream> followed) {
    List<StreamCopy> copies = sources.cluster().copies().apply(path);
    if (told.isEmpty() && followed.isEmpty() && copies.isEmpty()) {
      return Optional.empty();
    }
    JsonObject json =
        new JsonObject()
            .put("path", path.toString())
            .put("app", path.app())
            .put("name", path.name())
            .put("playlistUrl", "/hls/" + path + "/index.m3u8")
            .put("watchUrl", "/watch/" + path)
            .put("viewers", 0);
    copies.stream().findFirst().ifPresent(best -> json.put("state", CopiesJson.state(best)));
    followed
        .filter(stream -> copies.isEmpty() || stream.snapshot().view().opened())
        .ifPresent(
            stream ->
                json.mergeIn(RenditionsJson.of(stream.snapshot().view()))
                    .put("viewers", stream.viewerCount(nanoTime.getAsLong())));
    told.map(FactsJson::of).or(() -> factsOf(path, copies)).ifPresent(json::mergeIn);
    sources.ladder().apply(path).ifPresent(ladder -> json.put("ladder", LadderJson.of(ladder)));
    putPictures(json, path, cluster.isClustered() && followed.isEmpty());
    if (cluster.isClustered()) {
      json.put("copies", CopiesJson.of(copies, cluster));
      putViewers(json, cluster, path, followed);
    }
    return Optional.of(json);
  }

  /** What the node at which the stream is published told last. */
  private Optional<JsonObject> factsOf(StreamPath path, List<StreamCopy> copies) {
    return copies.stream()
        .filter(copy -> copy.kind() == StreamCopy.Kind.INGEST)
        .findFirst()
        .flatMap(copy -> reports.of(copy.node()).facts(path));
  }

  /** Of all edges together; who was seen at two of them counts once. */
  private void putViewers(
      JsonObject json, ClusterFacts cluster, StreamPath path, Optional<EdgeStream> followed) {
    ViewerSample all =
        followed
            .map(stream -> stream.viewerSample(nanoTime.getAsLong()))
            .orElse(ViewerSample.EMPTY);
    JsonArray byNode = new JsonArray();
    CopiesJson.addViewers(byNode, cluster, cluster.self(), all);
    for (String node : others(cluster)) {
      ViewerSample there = reports.of(node).viewers(path);
      CopiesJson.addViewers(byNode, cluster, node, there);
      all = all.union(there);
    }
    json.put("viewers", all.count()).put("viewersByNode", byNode);
  }

  private void putPictures(JsonObject json, StreamPath path, boolean unknown) {
    if (unknown || sources.pictures().poster(path).isPresent()) {
      json.put("posterUrl", "/hls/" + path + "/poster.jpg");
    }
    if (!sources.pictures().thumbnails(path).isEmpty()) {
      json.put("storyboardUrl", "/hls/" + path + "/storyboard.vtt");
    }
  }

  private static void putEdges(JsonObject json, ClusterFacts cluster, List<ClusterNode> relays) {
    if (cluster.isClustered()) {
      json.put("edge", cluster.self()).put("edges", ClusterApi.edges(cluster, relays));
    }
  }

  private ClusterFacts cluster() {
    return sources.cluster().facts().get();
  }

  private static List<String> others(ClusterFacts cluster) {
    return cluster.nodes().stream()
        .map(ClusterNode::id)
        .filter(id -> !id.equals(cluster.self()))
        .toList();
  }
}
