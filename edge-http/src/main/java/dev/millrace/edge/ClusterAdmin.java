package dev.millrace.edge;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What operators may do through any node. Called on event loops: nothing here may block, and stages
 * may complete on any thread. A stage that fails says who is wrong by its exception: {@link
 * IllegalArgumentException} the request (400), {@link java.util.NoSuchElementException} a name that
 * is not there (404), {@link IllegalStateException} something else changed first (409), {@link
 * java.util.concurrent.TimeoutException} others did not answer (504); anything else is 500. The
 * messages are shown to the operator, and only to him.
 *
 * @param isAdmin whether a bearer token is the operator's; in constant time
 * @param drain begins to drain the node of this id or name, in this time, or the node's own where
 *     none is given; completes when the node knows
 * @param settings the newest settings
 * @param change makes a new revision
 * @param history revisions, newest first
 * @param rollback makes a new revision with the values of the one of this number
 */
public record ClusterAdmin(
    Predicate<String> isAdmin,
    BiFunction<String, Optional<Duration>, CompletionStage<Void>> drain,
    Supplier<CompletionStage<SettingsRevision>> settings,
    Function<SettingsChange, CompletionStage<SettingsRevision>> change,
    Supplier<CompletionStage<List<SettingsRevision>>> history,
    LongFunction<CompletionStage<SettingsRevision>> rollback) {

  /** Nobody is the operator. */
  public static final ClusterAdmin NONE =
      new ClusterAdmin(
          token -> false,
          (node, deadline) -> refused(),
          ClusterAdmin::refused,
          change -> refused(),
          ClusterAdmin::refused,
          revision -> refused());

  private static <T> CompletionStage<T> refused() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("this node is not part of a cluster"));
  }
}
