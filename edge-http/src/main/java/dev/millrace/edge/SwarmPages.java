package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What pages of viewers who share ask: {@code GET /api/v1/streams/APP/NAME/swarm}, whether and with
 * whom; {@code GET /hls/APP/NAME/RENDITION/hashes.json}, what segments must be. One event loop.
 */
final class SwarmPages {
  /** Segments at the live end that are told; a page asks again when it meets another. */
  private static final int MOST_SEGMENTS = 64;

  private final EdgeNode node;
  private final Context context;
  private final Answers answers;

  SwarmPages(EdgeNode node, Context context, Answers answers) {
    this.node = node;
    this.context = context;
    this.answers = answers;
  }

  void swarm(HttpServerRequest request, StreamPath path) {
    Optional<EdgeSwarm.Sharing> sharing =
        mayExist(path) ? sharing(request, path) : Optional.empty();
    JsonObject json =
        sharing
            .map(each -> told(request, each))
            .orElseGet(() -> new JsonObject().put("share", false));
    send(request, json, CacheRule.NO_STORE);
  }

  /** Whether the watch page of a viewer is to be that of the classic view. */
  boolean wantsClassicView(HttpServerRequest request, StreamPath path) {
    return sharing(request, path).filter(EdgeSwarm.Sharing::classicView).isPresent();
  }

  private Optional<EdgeSwarm.Sharing> sharing(HttpServerRequest request, StreamPath path) {
    EdgeSwarm swarm = node.sources().swarm();
    return swarm.isOn()
        ? ClientAddress.of(request).flatMap(viewer -> swarm.sharing().apply(path, viewer))
        : Optional.empty();
  }

  /** Whatever looks like a stream's name would get a token otherwise. */
  private boolean mayExist(StreamPath path) {
    return node.facts().isAnnounced(path) || node.streams().use(path).isPresent();
  }

  private static JsonObject told(HttpServerRequest request, EdgeSwarm.Sharing sharing) {
    String door = "/tracker?token=" + sharing.token();
    JsonArray trackers = new JsonArray();
    sharing.trackers().forEach(edge -> trackers.add(edge.replaceFirst("^http", "ws") + door));
    if (trackers.isEmpty()) {
      trackers.add(door);
    }
    JsonArray stun = new JsonArray();
    if (request.authority() != null) {
      stun.add("stun:" + request.authority().host() + ":" + sharing.stunPort());
    }
    return new JsonObject()
        .put("share", true)
        .put("swarm", sharing.swarm())
        .put("site", sharing.site())
        .put("trackers", trackers)
        .put("stun", stun)
        .put("hashes", "hashes.json");
  }

  void hashes(HttpServerRequest request, StreamPath path, String rendition) {
    if (!node.sources().swarm().isOn()) {
      answers.failure(request, Failure.notFound("viewers do not share here"));
      return;
    }
    Optional<RenditionView> view =
        node.streams().use(path).flatMap(stream -> stream.snapshot().view().rendition(rendition));
    if (view.isEmpty()) {
      answers.failure(request, Failure.notFound("there is no " + rendition + " of " + path));
      return;
    }
    if (!node.held().tryEnter()) {
      answers.failure(request, Failure.unavailable("too many requests are waiting, try again"));
      return;
    }
    Map<String, CompletableFuture<String>> hashes = new LinkedHashMap<>();
    List<Segment> complete = view.get().completeSegments();
    complete.stream()
        .skip(Math.max(0, complete.size() - MOST_SEGMENTS))
        .filter(segment -> !segment.gap())
        .forEach(
            segment -> {
              FileName.Segment name = segment.fileName();
              MediaCache.Key key = new MediaCache.Key(path, rendition, name);
              hashes.put(name.toString(), node.hashes().of(key, segment, hashing()));
            });
    SegmentHashes.settled(List.copyOf(hashes.values()))
        .completeOnTimeout(null, node.config().maxWait().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> answer(request, hashes));
  }

  private Executor hashing() {
    return task ->
        context.executeBlocking(
            () -> {
              task.run();
              return "";
            },
            false);
  }

  private void answer(HttpServerRequest request, Map<String, CompletableFuture<String>> hashes) {
    JsonObject told = new JsonObject();
    hashes.forEach(
        (name, hash) -> {
          if (hash.state() == CompletableFuture.State.SUCCESS) {
            told.put(name, hash.resultNow());
          }
        });
    node.held().leave(1);
    try {
      context.runOnContext(
          ignored -> send(request, new JsonObject().put("sha256", told), CacheRule.SHORT));
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the requests with them.
    }
  }

  private void send(HttpServerRequest request, JsonObject json, CacheRule cache) {
    Buffer body = json.toBuffer();
    answers.send(request, 200, answers.headers(Answers.JSON, body.length(), cache), body);
  }
}
