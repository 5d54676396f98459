package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** One other node, by its internal HTTP. Being written: see docs/develop/internal-http.md. */
public final class HttpPartSource implements PartSource {
  private final String name;

  /**
   * @param name of the node, for people
   * @param node address of its internal server, without a path
   * @param token the cluster's
   * @param timer for silence and time limits; tasks on it are short
   */
  @SuppressWarnings("UnusedVariable")
  public HttpPartSource(
      String name, URI node, String token, HttpClient client, ScheduledExecutorService timer) {
    this.name = name;
  }

  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    throw new UnsupportedOperationException("not yet");
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    throw new UnsupportedOperationException("not yet");
  }

  /** {@inheritDoc} Empty: a node is not asked for this; the directory knows. */
  @Override
  public List<StreamPath> streams() {
    return List.of();
  }

  @Override
  public String toString() {
    return name;
  }
}
