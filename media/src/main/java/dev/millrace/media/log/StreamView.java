package dev.millrace.media.log;

import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a stream's logs say so far. {@link #apply} is a pure function of this view and one record,
 * so that every node that has read the same log has the same view and answers the same playlists;
 * where in the log the reading began does not matter as soon as the window has been read.
 * Immutable; any thread.
 */
public final class StreamView {
  private static final StreamView EMPTY =
      new StreamView(0, 0, State.NOTHING, Targets.DEFAULT, List.of(), List.of());

  private enum State {
    NOTHING,
    OPEN,
    ENDED
  }

  private final long presentationEpoch;
  private final long epoch;
  private final State state;
  private final Targets targets;
  private final List<String> expected;
  private final List<RenditionView> renditions;

  private StreamView(
      long presentationEpoch,
      long epoch,
      State state,
      Targets targets,
      List<String> expected,
      List<RenditionView> renditions) {
    this.presentationEpoch = presentationEpoch;
    this.epoch = epoch;
    this.state = state;
    this.targets = targets;
    this.expected = expected;
    this.renditions = renditions;
  }

  /** Before the first record. */
  public static StreamView empty() {
    return EMPTY;
  }

  /** Whether a presentation has begun (it may have ended since). */
  public boolean opened() {
    return state != State.NOTHING;
  }

  /** Whether the presentation is over: EXT-X-ENDLIST. */
  public boolean ended() {
    return state == State.ENDED;
  }

  /** The epoch with which the presentation was opened; the sessions in it may have newer ones. */
  public long presentationEpoch() {
    return presentationEpoch;
  }

  /** The newest session epoch seen. */
  public long epoch() {
    return epoch;
  }

  /** The presentation's targets; {@link Targets#DEFAULT} before it was opened. */
  public Targets targets() {
    return targets;
  }

  /** Renditions that will be written, as the newest word of the writer has it. */
  public List<String> expected() {
    return expected;
  }

  /** In the order in which they were first described. */
  public List<RenditionView> renditions() {
    return renditions;
  }

  /** The rendition of this name. */
  public Optional<RenditionView> rendition(String name) {
    int index = indexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(renditions.get(index));
  }

  /**
   * Wall time at which the newest part of all renditions ends, microseconds since 1970; empty
   * before the first.
   */
  public OptionalLong endUs() {
    return renditions.stream()
        .flatMap(rendition -> rendition.tail().stream())
        .mapToLong(LogTail::endPdtUs)
        .max();
  }

  /** Where the log of a rendition ends; empty if it has no entry. */
  public Optional<LogTail> tail(String name) {
    return rendition(name).flatMap(RenditionView::tail);
  }

  /**
   * Whether {@link #apply} would take the record, and if not, which epoch or position is newer.
   *
   * @throws ProtocolException (malformed) if no position could make it right
   */
  public AppendResult check(LogRecord record) {
    return switch (record) {
      case LogRecord.Opened opened ->
          opened.epoch() < presentationEpoch
              ? new AppendResult.Stale(epoch)
              : AppendResult.ACCEPTED;
      case LogRecord.Expected ignored -> {
        requireOpen("expected renditions");
        yield AppendResult.ACCEPTED;
      }
      case LogRecord.Described described -> {
        requireOpen("description of " + described.rendition().name());
        yield AppendResult.ACCEPTED;
      }
      case LogRecord.Appended(String name, PartEntry entry) -> checkEntry(name, entry);
      case LogRecord.Ended ignored -> {
        requireOpen("end");
        yield AppendResult.ACCEPTED;
      }
      case LogRecord.Pictured ignored -> AppendResult.ACCEPTED;
      case LogRecord.Signing ignored -> AppendResult.ACCEPTED;
    };
  }

  /**
   * The view after one more record; this same one after a picture or a signature.
   *
   * @throws ProtocolException (malformed) if {@link #check} does not accept the record
   */
  public StreamView apply(LogRecord record) {
    if (!(check(record) instanceof AppendResult.Accepted)) {
      throw ProtocolException.malformed("log record out of order: " + check(record));
    }
    return switch (record) {
      case LogRecord.Opened(long opened, Targets fixed) ->
          new StreamView(opened, opened, State.OPEN, fixed, List.of(), List.of());
      case LogRecord.Expected(List<String> names) ->
          new StreamView(presentationEpoch, epoch, state, targets, names, renditions);
      case LogRecord.Described(RenditionDescription description) -> describe(description);
      case LogRecord.Appended(String name, PartEntry entry) -> append(name, entry);
      case LogRecord.Ended ignored ->
          new StreamView(
              presentationEpoch,
              epoch,
              State.ENDED,
              targets,
              List.of(),
              renditions.stream().map(RenditionView::ended).toList());
      case LogRecord.Pictured ignored -> this;
      case LogRecord.Signing ignored -> this;
    };
  }

  /**
   * The records that tell this view to a reader that knows nothing: applied to {@link #empty}, they
   * give the same view again.
   */
  public List<LogRecord> replay() {
    List<LogRecord> records = new ArrayList<>();
    if (!opened()) {
      return records;
    }
    records.add(new LogRecord.Opened(presentationEpoch, targets));
    if (!expected.isEmpty()) {
      records.add(new LogRecord.Expected(expected));
    }
    for (RenditionView rendition : renditions) {
      replay(rendition, records);
    }
    if (ended()) {
      records.add(new LogRecord.Ended());
    }
    return records;
  }

  private static void replay(RenditionView rendition, List<LogRecord> records) {
    String name = rendition.description().name();
    LinkedHashMap<String, RenditionDescription> told = new LinkedHashMap<>();
    for (Segment segment : rendition.segments()) {
      if (!told.containsKey(segment.init())) {
        RenditionDescription description = rendition.descriptionOf(segment.init()).orElseThrow();
        told.put(segment.init(), description);
        records.add(new LogRecord.Described(description));
      }
      for (PartEntry entry : segment.entries()) {
        records.add(new LogRecord.Appended(name, entry));
      }
    }
    if (told.isEmpty() || !told.lastEntry().getValue().equals(rendition.description())) {
      records.add(new LogRecord.Described(rendition.description()));
    }
  }

  private AppendResult checkEntry(String name, PartEntry entry) {
    requireOpen("entry " + entry.position());
    RenditionView rendition =
        rendition(name)
            .orElseThrow(
                () ->
                    ProtocolException.malformed(
                        "entry "
                            + entry.position()
                            + " of rendition "
                            + name
                            + " before its description"));
    if (entry.position().epoch() < presentationEpoch) {
      return new AppendResult.Stale(epoch);
    }
    AppendResult result = rendition.check(entry);
    if (result instanceof AppendResult.Accepted) {
      rendition.validate(entry);
    }
    return result;
  }

  private StreamView describe(RenditionDescription description) {
    List<RenditionView> changed = new ArrayList<>(renditions);
    int index = indexOf(description.name());
    if (index < 0) {
      changed.add(RenditionView.of(description));
    } else {
      changed.set(index, changed.get(index).with(description));
    }
    return new StreamView(presentationEpoch, epoch, state, targets, expected, List.copyOf(changed));
  }

  private StreamView append(String name, PartEntry entry) {
    List<RenditionView> changed = new ArrayList<>(renditions);
    int index = indexOf(name);
    changed.set(index, changed.get(index).with(entry, targets));
    return new StreamView(
        presentationEpoch,
        Math.max(epoch, entry.position().epoch()),
        state,
        targets,
        expected,
        List.copyOf(changed));
  }

  private void requireOpen(String what) {
    if (state != State.OPEN) {
      throw ProtocolException.malformed(
          what + (ended() ? " after the end" : " before the beginning") + " of a presentation");
    }
  }

  private int indexOf(String name) {
    for (int i = 0; i < renditions.size(); i++) {
      if (renditions.get(i).description().name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
