package dev.millrace.media.log.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogStreamTest {
  private static final Bytes INIT = Bytes.utf8("ftyp\nmoov\0");
  private static final String INIT_NAME = FileName.Init.of(INIT).toString();
  private static final Targets TARGETS = Targets.DEFAULT;

  private static final class Told implements LogWatcher {
    final List<LogRecord> records = new ArrayList<>();
    int windows;

    @Override
    public void record(LogRecord record) {
      records.add(record);
    }

    @Override
    public void windowComplete() {
      windows++;
    }
  }

  private final Random random = new Random(15);

  @Test
  void recordsArriveAsTheyWereInPiecesOfAnySize() {
    for (int round = 0; round < 200; round++) {
      List<LogRecord> records = records();
      byte[] wire = wire(records);
      Told told = new Told();
      LogStreamReader reader = new LogStreamReader(told);
      for (int at = 0; at < wire.length; ) {
        int piece = Math.min(wire.length - at, 1 + random.nextInt(round < 20 ? 3 : 4000));
        reader.read(ByteBuffer.wrap(wire, at, piece));
        at += piece;
      }
      assertThat(told.records).isEqualTo(records);
      assertThat(told.windows).isEqualTo(1);
    }
  }

  @Test
  void linesCanBeReadByPeople() {
    String text = LogStreamWriter.write(new LogRecord.Appended("720p", entry(5, 7, 1, 100))).utf8();
    assertThat(text)
        .startsWith("appended rendition=720p; at=5-7.1; duration-us=")
        .endsWith("\n")
        .hasLineCount(1);
    assertThat(LogStreamWriter.write(new LogRecord.Opened(9, TARGETS)).utf8())
        .isEqualTo(
            "opened epoch=9; segment-us=2000000; target-duration-s=4; part-target-us=512000;"
                + " window-us=30000000\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\n",
        "hello a=b\n",
        "\n",
        "opened\n",
        "opened epoch=1\n",
        "opened epoch=-1; segment-us=2; target-duration-s=4; part-target-us=1; window-us=3\n",
        "opened epoch=1; segment-us=2; target-duration-s=4; part-target-us=5; window-us=3\n",
        "expected renditions=a\n",
        "poster width=1; height=1; bytes=524289\n",
        "GET / HTTP/1.1\r\n",
      })
  void refusesWhatIsNoLog(String text) {
    LogStreamReader reader = new LogStreamReader(new Told());
    assertThatThrownBy(() -> reader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expected renditions=a,,b",
        "expected renditions=../a",
        "appended rendition=video; at=1-2.m4s",
        "appended rendition=.; at=1-2.3",
        "poster width=1; height=1; bytes=524289",
        "poster width=1; height=1; bytes=-1",
        "poster width=1; height=1",
        "thumbnail epoch=1; msn=1; pdt-us=1; width=1; height=1; bytes=65537",
        "described rendition=video; bytes=1048577",
        "signer key=00; voucher=00",
        "signed signer=0011223344556677; epoch=1; block=1; bytes=32769",
      })
  void refusesWhatIsTooMuchOrNotThere(String line) {
    LogStreamReader reader = opened();
    assertThatThrownBy(() -> read(reader, line + "\n")).isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "opened 5 HASH",
        "opened 05 HASH\n",
        "opened a 5 HASH\n",
        "opened 5 00\n",
        "expected 5 HASH\n",
        "appended video 5-7 HASH\n",
        "appended 5-7.1 HASH\n",
        "appended .. 5-7.1 HASH\n",
        "described video moov HASH\n",
        "ended 5 HASH\n\n",
        "ended 5 HASH \n",
      })
  void refusesBlocksOfSomethingElse(String body) {
    String text = body.replace("HASH", "0".repeat(64));
    assertThatThrownBy(() -> read(opened(), signed(1, text))).isInstanceOf(ProtocolException.class);
  }

  @Test
  void blocksHaveANumberAndAreBounded() {
    String line = "ended 5 " + "0".repeat(64) + "\n";
    read(opened(), signed(1, line.repeat(64)));
    assertThatThrownBy(() -> read(opened(), signed(1, line.repeat(65))))
        .hasMessageContaining("a block of 65 records");
    assertThatThrownBy(() -> read(opened(), signed(0, line)))
        .hasMessageContaining("a number from 1 on");
  }

  private static String signed(int number, String body) {
    return "signed signer=0011223344556677; epoch=1; block=%d; previous=%s; signature=%s; bytes=%d\n%s\n"
        .formatted(number, "0".repeat(64), "0".repeat(128), body.length(), body);
  }

  @Test
  void linesBodiesAndRenditionsAreBounded() {
    assertThatThrownBy(() -> read(opened(), "x".repeat(5000)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("longer than 4096");
    assertThatThrownBy(() -> read(opened(), "poster width=1; height=1; bytes=2\nabc\n"))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("more than told");
    LogStreamReader reader = opened();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 200; i++) {
                reader.read(LogStreamWriter.write(described("r" + i)).asByteBuffer());
              }
            })
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("renditions");
  }

  @Test
  void onlyProtocolExceptionsEscapeFromDamage() {
    byte[] wire = wire(records());
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = wire.clone();
      int flips = 1 + random.nextInt(3);
      for (int flip = 0; flip < flips; flip++) {
        damaged[random.nextInt(Math.min(damaged.length, 3000))] = (byte) random.nextInt(256);
      }
      try {
        new LogStreamReader(new Told()).read(ByteBuffer.wrap(damaged));
      } catch (ProtocolException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private static LogStreamReader opened() {
    LogStreamReader reader = new LogStreamReader(new Told());
    reader.read(LogStreamWriter.write(new LogRecord.Opened(1, TARGETS)).asByteBuffer());
    return reader;
  }

  private static void read(LogStreamReader reader, String text) {
    reader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] wire(List<LogRecord> records) {
    List<Bytes> pieces = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      pieces.add(LogStreamWriter.write(records.get(i)));
      pieces.add(i == records.size() / 2 ? LogStreamWriter.WINDOW : LogStreamWriter.ALIVE);
    }
    return Bytes.concat(pieces).toArray();
  }

  private List<LogRecord> records() {
    List<LogRecord> records = new ArrayList<>();
    records.add(new LogRecord.Opened(random.nextLong(1L << 52), TARGETS));
    records.add(new LogRecord.Expected(random.nextBoolean() ? List.of() : List.of("a~1", "720p")));
    records.add(described("video"));
    for (int i = 0; i < 20; i++) {
      long msn = random.nextLong(1L << 40);
      switch (random.nextInt(7)) {
        case 0 -> records.add(new LogRecord.PosterTaken(picture()));
        case 1 -> records.add(new LogRecord.ThumbnailTaken(new Thumbnail(4, msn, -5, picture())));
        case 2 -> records.add(new LogRecord.SignerTold(new SignerKey(hash(), hash())));
        case 3 -> records.add(new LogRecord.Signed(block()));
        default ->
            records.add(
                new LogRecord.Appended(
                    "video", entry(random.nextLong(1L << 52), msn, i, random.nextInt(9) * 1000)));
      }
    }
    records.add(new LogRecord.Ended());
    return records;
  }

  private Bytes hash() {
    return Bytes.utf8("hash " + random.nextInt()).sha256();
  }

  private SignedBlock block() {
    List<SignedBlock.Covered> covered = new ArrayList<>();
    List<RecordName> names =
        List.of(
            new RecordName.Opening(random.nextLong(1L << 52)),
            new RecordName.Ending(0),
            new RecordName.Description("a~1", INIT_NAME),
            new RecordName.Entry("720p", new LogPosition(random.nextLong(1L << 52), 7, 999_999)));
    for (int i = 0; i < 1 + random.nextInt(SignedBlock.MAX_RECORDS); i++) {
      covered.add(new SignedBlock.Covered(names.get(random.nextInt(names.size())), hash()));
    }
    Bytes signature = Bytes.concat(List.of(hash(), hash()));
    return new SignedBlock(
        hash().slice(0, 8),
        random.nextLong(1L << 52),
        1 + random.nextInt(1000),
        hash(),
        covered,
        signature);
  }

  private Picture picture() {
    byte[] jpeg = new byte[random.nextInt(300)];
    random.nextBytes(jpeg);
    return new Picture(160, 90, Bytes.wrap(jpeg));
  }

  private static LogRecord described(String name) {
    return new LogRecord.Described(
        new RenditionDescription(
            name, MediaType.VIDEO, "avc1.64001f", 1280, 720, 30_000, 0, 0, 1, INIT_NAME, INIT));
  }

  private static PartEntry entry(long epoch, long msn, int part, int size) {
    return new PartEntry(
        new LogPosition(epoch, msn, part),
        500_000,
        size,
        part == 0,
        part == 3,
        size == 0,
        msn,
        INIT_NAME,
        -1_763_740_000_000_000L,
        size / 2,
        size == 0 ? Bytes.EMPTY : INIT.sha256(),
        size == 0 ? Bytes.EMPTY : INIT.sha256());
  }
}
