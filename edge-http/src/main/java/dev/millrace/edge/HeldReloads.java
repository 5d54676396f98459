package dev.millrace.edge;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The playlist requests of one stream that wait on one event loop, those that ask the same
 * together, so that a release decides, renders and writes headers once for all of them. A large
 * group is answered in slices, so that others on the loop get their turn in between. One event
 * loop.
 */
final class HeldReloads {
  /** Some 10 ms of writing; the system call for each answer is what takes the time. */
  private static final int SLICE = 500;

  private final HeldRequests held;
  private final EdgeCounters counters;
  private final Answers answers;
  private final Context context;
  private final Map<PlaylistQuery, Set<Waiter>> groups = new HashMap<>();

  HeldReloads(EdgeNode node, Answers answers, Context context) {
    this.held = node.held();
    this.counters = node.counters();
    this.answers = answers;
    this.context = context;
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }

  /** Holds a request until a release answers it, its time is over, or its client goes. */
  void hold(HttpServerRequest request, PlaylistQuery query, long deadlineNanos) {
    if (!held.tryEnter()) {
      answers.failure(request, Failure.unavailable("too many requests are waiting, try again"));
      return;
    }
    Waiter waiter = new Waiter(request, deadlineNanos);
    groups.computeIfAbsent(query, key -> new LinkedHashSet<>()).add(waiter);
    request.response().exceptionHandler(gone -> forget(query, waiter));
    request.response().closeHandler(gone -> forget(query, waiter));
  }

  /** Answers every group that is no longer to be held. */
  void release(Function<PlaylistQuery, PlaylistOutcome> decide) {
    List<Map.Entry<PlaylistQuery, Set<Waiter>>> ready = new ArrayList<>();
    List<PlaylistOutcome> outcomes = new ArrayList<>();
    Iterator<Map.Entry<PlaylistQuery, Set<Waiter>>> all = groups.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<PlaylistQuery, Set<Waiter>> group = all.next();
      PlaylistOutcome outcome = decide.apply(group.getKey());
      if (!(outcome instanceof PlaylistOutcome.Hold)) {
        ready.add(Map.entry(group.getKey(), group.getValue()));
        outcomes.add(outcome);
        all.remove();
      }
    }
    // Answering calls back into this class (a client may be gone), so the map is left alone by now.
    for (int i = 0; i < ready.size(); i++) {
      answer(ready.get(i).getKey(), ready.get(i).getValue(), outcomes.get(i));
    }
  }

  /** Answers 503 to those whose time is over. */
  void expire(long nowNanos) {
    List<Waiter> late = new ArrayList<>();
    groups
        .values()
        .removeIf(
            group -> {
              // In the order of arrival; nearly all were given the same time.
              for (Iterator<Waiter> each = group.iterator(); each.hasNext(); ) {
                Waiter waiter = each.next();
                if (waiter.deadlineNanos - nowNanos > 0) {
                  break;
                }
                each.remove();
                late.add(waiter);
              }
              return group.isEmpty();
            });
    held.leave(late.size());
    Failure failure = Failure.unavailable("what was asked for did not come in time, try again");
    late.forEach(waiter -> answers.failure(waiter.request, failure));
  }

  private void answer(PlaylistQuery query, Set<Waiter> group, PlaylistOutcome outcome) {
    switch (outcome) {
      case PlaylistOutcome.Text text -> {
        Buffer body = text.text().body(query.gzip());
        MultiMap headers =
            answers.textHeaders(Answers.PLAYLIST, body.length(), text.cache(), query.gzip());
        counters.playlists.add(group.size());
        inSlices(group.iterator(), request -> answers.send(request, 200, headers, body));
      }
      case PlaylistOutcome.Refused refused ->
          inSlices(group.iterator(), request -> answers.failure(request, refused.failure()));
      case PlaylistOutcome.Hold ignored -> throw new IllegalStateException("held, not answered");
    }
  }

  /** The group is no longer in the map; a client that goes meanwhile is passed over. */
  private void inSlices(Iterator<Waiter> group, Consumer<HttpServerRequest> send) {
    int sent = 0;
    for (; sent < SLICE && group.hasNext(); sent++) {
      send.accept(group.next().request);
    }
    held.leave(sent);
    if (group.hasNext()) {
      context.runOnContext(ignored -> inSlices(group, send));
    }
  }

  private void forget(PlaylistQuery query, Waiter waiter) {
    Set<Waiter> group = groups.get(query);
    if (group != null && group.remove(waiter)) {
      held.leave(1);
      if (group.isEmpty()) {
        groups.remove(query);
      }
    }
  }

  /** One request that waits; equal only to itself. */
  private static final class Waiter {
    private final HttpServerRequest request;
    private final long deadlineNanos;

    Waiter(HttpServerRequest request, long deadlineNanos) {
      this.request = request;
      this.deadlineNanos = deadlineNanos;
    }
  }
}
