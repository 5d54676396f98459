package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.SignedBlock.Covered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The signed blocks that a new follower of a log needs: those that cover a record of its present
 * window, or of what is still to come. Not thread-safe.
 */
public final class KeptBlocks {
  /** Two windows of many renditions; the oldest go first. */
  private static final int MAX_BLOCKS = 8_192;

  private static final int MAX_SIGNERS = 256;

  private final Map<Bytes, SignerKey> signers = new LinkedHashMap<>();

  /** By signature: two blocks with one signature are one block. */
  private final Map<Bytes, SignedBlock> blocks = new LinkedHashMap<>();

  private final Set<Covered> covered = new HashSet<>();

  /** Keeps a signer or block; false if it was there, or there is no place. */
  public boolean take(LogRecord.Signing record) {
    return switch (record) {
      case LogRecord.SignerTold(SignerKey key) ->
          signers.size() < MAX_SIGNERS && signers.putIfAbsent(key.id(), key) == null;
      case LogRecord.Signed(SignedBlock block) -> take(block);
    };
  }

  private boolean take(SignedBlock block) {
    if (blocks.putIfAbsent(block.signature(), block) != null) {
      return false;
    }
    covered.addAll(block.covered());
    if (blocks.size() > MAX_BLOCKS) {
      Bytes oldest = blocks.keySet().iterator().next();
      blocks.remove(oldest);
      index();
    }
    return true;
  }

  /** Whether a block covers this record. */
  public boolean covers(Covered record) {
    return covered.contains(record);
  }

  /** Whether a block of an entry's own session says that something else stands there. */
  public boolean contradicts(Covered record) {
    return record.name() instanceof RecordName.Entry(String ignored, LogPosition at)
        && blocks.values().stream()
            .filter(block -> block.epoch() == at.epoch())
            .flatMap(block -> block.covered().stream())
            .anyMatch(
                each -> each.name().equals(record.name()) && !each.hash().equals(record.hash()));
  }

  /** How many blocks are kept. */
  public int size() {
    return blocks.size();
  }

  /** What a new follower is told behind the records of the window: signers, then blocks. */
  public List<LogRecord> replay() {
    List<LogRecord> records = new ArrayList<>();
    signers.values().forEach(key -> records.add(new LogRecord.SignerTold(key)));
    blocks.values().forEach(block -> records.add(new LogRecord.Signed(block)));
    return records;
  }

  /** Lets go what covers nothing of this view or of what will follow it. */
  public void keepFor(StreamView view) {
    Window window = new Window(view);
    boolean any =
        blocks
            .values()
            .removeIf(block -> block.covered().stream().noneMatch(it -> window.needs(it.name())));
    if (any) {
      index();
      Set<Bytes> used = new HashSet<>();
      blocks.values().forEach(block -> used.add(block.signer()));
      signers.keySet().retainAll(used);
    }
  }

  /** Forgets all. */
  public void clear() {
    signers.clear();
    blocks.clear();
    covered.clear();
  }

  private void index() {
    covered.clear();
    blocks.values().forEach(block -> covered.addAll(block.covered()));
  }

  /** What a view tells to a new follower. */
  private static final class Window {
    private final StreamView view;
    private final Map<String, LogPosition> begins = new HashMap<>();

    Window(StreamView view) {
      this.view = view;
      for (RenditionView rendition : view.renditions()) {
        if (!rendition.segments().isEmpty()) {
          begins.put(
              rendition.description().name(),
              rendition.segments().getFirst().entries().getFirst().position());
        }
      }
    }

    boolean needs(RecordName name) {
      return switch (name) {
        case RecordName.Opening(long epoch) -> epoch >= view.presentationEpoch();
        case RecordName.Ending(long epoch) -> epoch >= view.presentationEpoch();
        case RecordName.Description(String rendition, String init) ->
            view.rendition(rendition).isEmpty()
                || view.rendition(rendition).get().descriptionOf(init).isPresent()
                || !begins.containsKey(rendition);
        case RecordName.Entry(String rendition, LogPosition at) -> {
          LogPosition begin = begins.get(rendition);
          // By number: a segment that an older session began may stand behind one of a newer.
          yield at.epoch() >= view.presentationEpoch()
              && (begin == null || at.msn() >= begin.msn());
        }
      };
    }
  }
}
