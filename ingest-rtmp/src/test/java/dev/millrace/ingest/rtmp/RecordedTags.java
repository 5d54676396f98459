package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a publication's sink was given. */
final class RecordedTags implements TagSink {
  record Tag(int type, int timestamp, Bytes body) {}

  private final List<Tag> tags = new CopyOnWriteArrayList<>();

  @Override
  public void tag(int type, int timestamp, Bytes body, long arrivalNanos) {
    tags.add(new Tag(type, timestamp, body));
  }

  List<Tag> all() {
    return List.copyOf(tags);
  }

  long count(int type) {
    return tags.stream().filter(tag -> tag.type() == type).count();
  }
}
