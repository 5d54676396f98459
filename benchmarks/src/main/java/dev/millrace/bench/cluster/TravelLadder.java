package dev.millrace.bench.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Targets;
import dev.millrace.origin.OriginStore;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Four renditions that are written at one node, whose parts are cut one after the other. */
final class TravelLadder {
  static final StreamPath PATH = new StreamPath("live", "main");
  static final List<String> NAMES = List.of("video", "480p", "360p", "audio");

  private static final Bytes INIT = Bytes.utf8("ftyp moov");
  private static final String INIT_NAME = FileName.Init.of(INIT).toString();
  private static final long EPOCH = 1000;
  private static final int PARTS = 4;

  private final OriginStore store;
  private final int bytes;
  private int number;

  TravelLadder(OriginStore store, int bytes) {
    this.store = store;
    this.bytes = bytes;
    store.open(PATH, EPOCH, Targets.DEFAULT);
    for (String name : NAMES) {
      store.describe(
          PATH,
          EPOCH,
          new RenditionDescription(
              name, MediaType.VIDEO, "avc1.64001f", 640, 360, 30_000, 0, 0, 0, INIT_NAME, INIT));
    }
  }

  int bytes() {
    return bytes;
  }

  /** Of the next part, or so many before or after it. */
  LogPosition position(int offset) {
    int at = number + offset;
    return new LogPosition(EPOCH, 700 + at / PARTS, at % PARTS);
  }

  static LogPosition next(PartEntry entry) {
    LogPosition at = entry.position();
    return entry.endOfSegment()
        ? new LogPosition(EPOCH, at.msn() + 1, 0)
        : new LogPosition(EPOCH, at.msn(), at.part() + 1);
  }

  /** One part in each rendition, spread over the time: their encoders are not equally fast. */
  void tick(long nanos, TravelTimes times) throws InterruptedException {
    LogPosition at = position(0);
    for (String name : NAMES) {
      byte[] media = new byte[bytes];
      media[0] = (byte) number;
      Bytes data = Bytes.wrap(media);
      PartEntry entry =
          new PartEntry(
              at,
              500_000,
              bytes,
              at.part() == 0,
              at.part() == PARTS - 1,
              false,
              0,
              INIT_NAME,
              number * 500_000L,
              0,
              data.sha256(),
              MerkleTree.root(data));
      times.cut(name, at);
      store.append(PATH, name, entry, data);
      TimeUnit.NANOSECONDS.sleep(nanos / NAMES.size());
    }
    number++;
  }
}
