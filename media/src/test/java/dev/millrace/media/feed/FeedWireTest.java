package dev.millrace.media.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.Amf0Writer;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.FlvTagWriter;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.testkit.Fragments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedWireTest {
  private static final int MAX_TAG_BYTES = 100_000;

  private static final FeedRecord.Opened OPENED =
      new FeedRecord.Opened(new StreamPath("live", "main"), 1_763_740_000_000L, Targets.DEFAULT);
  private static final Track.Video VIDEO =
      new Track.Video(
          0,
          Track.VideoCodec.AVC,
          "avc1.64001f",
          Bytes.of(1, 0x64, 0, 0x1f, 0xff, 0xe0, 0),
          1280,
          720,
          1,
          1,
          OptionalDouble.of(30),
          false);
  private static final FeedRecord.Tracks TRACKS =
      new FeedRecord.Tracks(List.of(VIDEO), 5_000_000, LadderPlan.NONE);

  @Test
  void everyRecordArrivesAsItWas() {
    for (int seed = 0; seed < 300; seed++) {
      List<FeedRecord> records = RandomFeed.of(seed, 60);
      assertThat(read(List.of(write(records)))).as("seed " + seed).isEqualTo(records);
    }
  }

  @Test
  void readsAFeedWhicheverWayItIsCut() {
    List<FeedRecord> records = RandomFeed.of(4711, 40);
    for (List<byte[]> pieces : Fragments.of(write(records), 50)) {
      assertThat(read(pieces)).isEqualTo(records);
    }
  }

  @Test
  void tellsRecordsAsSoonAsTheirLastByteIsThere() {
    FeedWriter writer = new FeedWriter();
    List<FeedRecord> told = new ArrayList<>();
    FeedReader reader = new FeedReader(MAX_TAG_BYTES, () -> 0, told::add);
    feed(reader, FeedWriter.header());
    List<FeedRecord> records = RandomFeed.of(7, 60);
    for (FeedRecord record : records) {
      assertThat(reader.ended()).isFalse();
      feed(reader, writer.write(record));
      assertThat(told).last().isEqualTo(record);
    }
    assertThat(told).isEqualTo(records);
    assertThat(reader.ended()).isTrue();
  }

  @Test
  void framesArriveWhenTheReaderGetsThem() {
    List<FeedRecord> told = new ArrayList<>();
    FeedReader reader = new FeedReader(MAX_TAG_BYTES, () -> 42, told::add);
    byte[] feed = write(List.of(OPENED, TRACKS, frame(0, 0)));
    reader.feed(feed, 0, feed.length);
    assertThat(((FeedRecord.Media) told.getLast()).frame().arrivalNanos()).isEqualTo(42);
  }

  @Test
  void plainFramesAreTagsThatEveryReaderOfFlvKnows() {
    FeedWriter writer = new FeedWriter();
    writer.write(OPENED);
    writer.write(TRACKS);
    writer.write(frame(40_000, 40_000));
    FeedRecord plain = frame(80_000, 120_000);
    assertThat(writer.write(plain))
        .isEqualTo(
            FlvTagWriter.write(
                new FlvTag(FlvTag.VIDEO, 80, Bytes.fromHex("17 01 000028 0000000165"))));
  }

  @Test
  void microsecondsStandInTheNanosecondOffsetOfEnhancedRtmp() {
    FeedWriter writer = new FeedWriter();
    writer.write(OPENED);
    writer.write(TRACKS);
    writer.write(frame(0, 0));
    // ModEx (7) of 3 bytes, 123 000 ns = 0x01e078, then TimestampOffsetNano and CodedFrames (1).
    assertThat(writer.write(frame(80_123, 80_123)))
        .isEqualTo(
            FlvTagWriter.write(
                new FlvTag(
                    FlvTag.VIDEO,
                    80,
                    Bytes.fromHex("97 02 01e078 01 61766331 000000 0000000165"))));
  }

  @Test
  void onlyAJumpIsToldInFull() {
    List<FeedRecord> records = new ArrayList<>(List.of(OPENED, TRACKS));
    for (long day = 0; day < 200; day++) {
      records.add(frame(day * 86_400_000_000L, day * 86_400_000_000L)); // 24 hours fit
    }
    records.add(frame(0, 0));
    assertThat(scripts(write(records), FeedScriptWriter.TIME)).isEqualTo(2);
    assertThat(read(List.of(write(records)))).isEqualTo(records);
  }

  @Test
  void refusesToWriteAFrameOfNoTrack() {
    FeedWriter writer = new FeedWriter();
    writer.write(OPENED);
    assertThatThrownBy(() -> writer.write(frame(0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("track 0");
  }

  @Test
  void refusesWhatIsNotInOrder() {
    assertRefused(List.of(TRACKS), "begins with script tag millraceTracks");
    assertRefused(
        List.of(new FeedRecord.Mark(SegmentMark.away(1, 0, 0))), "begins with script tag");
    assertRefused(List.of(OPENED, new FeedRecord.Ended(), OPENED), "behind the end");
    assertRefused(List.of(OPENED, OPENED, new FeedRecord.Ended(), new FeedRecord.Ended()), "end");
  }

  @Test
  void refusesTagsThatAreNoFeed() {
    Bytes opened = new FeedWriter().write(OPENED);
    FeedWriter writer = new FeedWriter();
    writer.write(OPENED);
    Bytes tracks = writer.write(TRACKS);
    Bytes timedFrame = writer.write(frame(0, 0));
    Bytes untimedFrame = writer.write(frame(1000, 1000));
    assertRefused("AVC track 0", opened, timedFrame);
    assertRefused("first frame without its full time", opened, tracks, untimedFrame);
    assertRefused(
        "where a sequence header", opened, tracks.slice(0, tracks.length() - 27), opened);
    assertRefused("tag of type 15", opened, tag(15, "00"));
    assertRefused("empty video tag", opened, tag(FlvTag.VIDEO, ""));
    assertRefused("end of a sequence", opened, tag(FlvTag.VIDEO, "17 02 000000"));
    assertRefused("sequence header", opened, tag(FlvTag.AUDIO, "af 00 1190"));
    assertRefused("script tag onMetaData", opened, script("onMetaData", Map.of()));
    assertRefused("msn must be an integer", opened, script("millraceMark", Map.of()));
    assertRefused(
        "segmentUs must be an integer of 1..",
        script(
            "millraceOpened",
            Map.of(
                "app", new Amf0Value.Str("live"),
                "name", new Amf0Value.Str("main"),
                "segmentUs", new Amf0Value.Num(0.5))));
  }

  @Test
  void refusesATagBeyondItsLimit() {
    byte[] feed = write(List.of(OPENED));
    FeedReader reader = new FeedReader(20, () -> 0, record -> {});
    assertThatThrownBy(() -> reader.feed(feed, 0, feed.length))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
  }

  /** Bits flipped, bytes cut out, pieces repeated: it is read or refused, and nothing else. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void onlyProtocolExceptionsEscapeFromDamage(long seed) {
    Random random = new Random(seed);
    byte[] whole = write(RandomFeed.of(seed, 30));
    AtomicInteger refused = new AtomicInteger();
    for (int round = 0; round < 3_000; round++) {
      byte[] damaged = damage(whole, random);
      try {
        read(List.of(damaged));
      } catch (ProtocolException e) {
        refused.incrementAndGet();
      }
    }
    assertThat(refused).hasPositiveValue();
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      // Frames are most of the bytes, and what is in them is no affair of the reader.
      int at = random.nextBoolean() ? random.nextInt(bytes.length) : random.nextInt(1500);
      int length = Math.min(bytes.length - at, random.nextInt(40));
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> {
          System.arraycopy(bytes, at + length, bytes, at, bytes.length - at - length);
          bytes = java.util.Arrays.copyOf(bytes, bytes.length - length);
        }
        default -> System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length), length);
      }
    }
    return bytes;
  }

  private static FeedRecord.Media frame(long dtsUs, long ptsUs) {
    return new FeedRecord.Media(
        new Frame(MediaType.VIDEO, 0, dtsUs, ptsUs, true, Bytes.fromHex("0000000165"), 0));
  }

  private static Bytes tag(int type, String hex) {
    return FlvTagWriter.write(new FlvTag(type, 0, Bytes.fromHex(hex)));
  }

  private static Bytes script(String name, Map<String, Amf0Value> values) {
    return FlvTagWriter.write(
        new FlvTag(
            FlvTag.SCRIPT,
            0,
            Amf0Writer.write(new Amf0Value.Str(name), new Amf0Value.Obj(values))));
  }

  private static void assertRefused(List<FeedRecord> records, String message) {
    assertThatThrownBy(() -> read(List.of(write(records))))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }

  private static void assertRefused(String message, Bytes... tags) {
    List<Bytes> all = new ArrayList<>(List.of(FeedWriter.header()));
    all.addAll(List.of(tags));
    assertThatThrownBy(() -> read(List.of(Bytes.concat(all).toArray())))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }

  private static int scripts(byte[] feed, String name) {
    AtomicInteger count = new AtomicInteger();
    FlvFileReader tags =
        new FlvFileReader(
            MAX_TAG_BYTES,
            tag -> {
              if (tag.type() == FlvTag.SCRIPT
                  && FeedScriptReader.read(tag.body()).name().equals(name)) {
                count.incrementAndGet();
              }
            });
    tags.feed(feed, 0, feed.length);
    return count.get();
  }

  private static byte[] write(List<FeedRecord> records) {
    FeedWriter writer = new FeedWriter();
    List<Bytes> all = new ArrayList<>(List.of(FeedWriter.header()));
    records.forEach(record -> all.add(writer.write(record)));
    return Bytes.concat(all).toArray();
  }

  private static List<FeedRecord> read(List<byte[]> pieces) {
    List<FeedRecord> records = new ArrayList<>();
    FeedReader reader = new FeedReader(MAX_TAG_BYTES, () -> 0, records::add);
    for (byte[] piece : pieces) {
      reader.feed(piece, 0, piece.length);
    }
    return records;
  }

  private static void feed(FeedReader reader, Bytes bytes) {
    reader.feed(bytes.toArray(), 0, bytes.length());
  }
}
