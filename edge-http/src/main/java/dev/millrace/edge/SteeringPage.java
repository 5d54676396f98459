package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.StreamView;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Answers steering manifests (RFC 8216bis §7). One event loop. */
final class SteeringPage {
  private static final int MAX_PATHWAY_LENGTH = 64;

  private final EdgeNode node;
  private final Answers answers;

  SteeringPage(EdgeNode node, Answers answers) {
    this.node = node;
    this.answers = answers;
  }

  void serve(HttpServerRequest request, StreamPath path) {
    EdgeCluster cluster = node.sources().cluster();
    ClusterFacts facts = cluster.facts().get();
    if (!facts.isClustered()) {
      answers.failure(request, Failure.notFound("this server is the only one"));
      return;
    }
    Optional<EdgeStream> stream = node.streams().use(path);
    if (stream.isEmpty() && !node.facts().isAnnounced(path)) {
      answers.failure(request, Failure.notFound("no stream " + path + " is live here"));
      return;
    }
    String present = request.getParam("_HLS_pathway", "");
    if (present.length() > MAX_PATHWAY_LENGTH) {
      answers.failure(request, Failure.badRequest("_HLS_pathway is too long"));
      return;
    }
    Buffer body =
        new SteeringManifest(
                facts,
                node.sources().site().relaysOf(Optional.of(path), ClientAddress.of(request)),
                path,
                stream.map(each -> each.snapshot().view()).orElseGet(StreamView::empty),
                cluster.steeringTtl().toSeconds())
            .of(present, node.identity().of(request), node.phase().get() == NodePhase.DRAINING)
            .toBuffer();
    answers.send(
        request, 200, answers.headers(Answers.JSON, body.length(), CacheRule.NO_STORE), body);
  }
}
