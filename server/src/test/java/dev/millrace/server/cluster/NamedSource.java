package dev.millrace.server.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A source that has a name and nothing else. */
public record NamedSource(String name) implements PartSource {
  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    return Optional.empty();
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    return CompletableFuture.failedStage(new NoSuchFileException(file));
  }

  @Override
  public List<StreamPath> streams() {
    return List.of();
  }
}
