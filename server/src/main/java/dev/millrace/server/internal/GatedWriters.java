package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.origin.GenerationGate;
import dev.millrace.transcoder.ladder.RungWriters;

/** The gate of the origin, as ladders see it. Any thread. */
public record GatedWriters(GenerationGate gate) implements RungWriters {
  @Override
  public long grant(StreamPath path) {
    return gate.grant(path);
  }

  @Override
  public long reserve() {
    return gate.reserve();
  }

  @Override
  public void admit(StreamPath path, long generation) {
    gate.admit(path, generation);
  }

  @Override
  public RenditionSink sink(StreamPath path, long generation) {
    return gate.sink(path, generation);
  }

  @Override
  public void revoke(StreamPath path, long generation) {
    gate.revoke(path, generation);
  }
}
