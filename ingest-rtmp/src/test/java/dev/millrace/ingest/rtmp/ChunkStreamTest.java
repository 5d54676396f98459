package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.testkit.Fragments;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakCheck.class)
final class ChunkStreamTest {
  /**
   * Bytes of a chunk stream and the messages in them.
   *
   * @param chunkSize of the sender
   * @param canonical whether our encoder writes the same bytes for these messages
   */
  record WireCase(
      String name, int chunkSize, boolean canonical, String hex, List<ChunkMessage> messages) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static ChunkMessage message(int csid, int timestamp, int type, int msid, String hex) {
    return new ChunkMessage(csid, timestamp, type, msid, Bytes.fromHex(hex));
  }

  static Stream<WireCase> wireCases() {
    return Stream.of(
        new WireCase(
            "fmt 0",
            128,
            true,
            "04 000001 000002 09 01000000 aabb",
            List.of(message(4, 1, 9, 1, "aabb"))),
        new WireCase(
            "fmt 1, 2 and 3 inherit",
            128,
            true,
            "04 000064 000001 08 01000000 01"
                + "44 000017 000002 08 0203"
                + "84 000018 0405"
                + "c4 0607",
            List.of(
                message(4, 100, 8, 1, "01"),
                message(4, 123, 8, 1, "0203"),
                message(4, 147, 8, 1, "0405"),
                message(4, 171, 8, 1, "0607"))),
        new WireCase(
            "fmt 3 after fmt 0 takes the timestamp as delta",
            128,
            false,
            "04 00000a 000001 08 01000000 01 c4 02",
            List.of(message(4, 10, 8, 1, "01"), message(4, 20, 8, 1, "02"))),
        new WireCase(
            "chunk stream id in two bytes",
            128,
            true,
            "00 00 000001 000001 08 01000000 01",
            List.of(message(64, 1, 8, 1, "01"))),
        new WireCase(
            "chunk stream id in three bytes, lower byte first",
            128,
            true,
            "01 0201 000001 000001 08 01000000 01",
            List.of(message(64 + 2 + 256, 1, 8, 1, "01"))),
        new WireCase(
            "largest chunk stream id",
            128,
            true,
            "01 ffff 000001 000001 08 01000000 01",
            List.of(message(65599, 1, 8, 1, "01"))),
        new WireCase(
            "message in three chunks",
            2,
            true,
            "04 000001 000005 09 01000000 0102 c4 0304 c4 05",
            List.of(message(4, 1, 9, 1, "0102030405"))),
        new WireCase(
            "two chunk streams interleaved",
            2,
            false,
            "04 000001 000004 09 01000000 0102"
                + "06 000002 000003 08 01000000 0a0b"
                + "c4 0304 c6 0c",
            List.of(message(4, 1, 9, 1, "01020304"), message(6, 2, 8, 1, "0a0b0c"))),
        new WireCase(
            "extended timestamp, repeated on fmt 3",
            4,
            true,
            "04 ffffff 000008 09 01000000 01000000 01020304 c4 01000000 05060708",
            List.of(message(4, 0x01000000, 9, 1, "0102030405060708"))),
        new WireCase(
            "extended timestamp of 0xFFFFFF itself",
            128,
            true,
            "04 ffffff 000001 09 01000000 00ffffff 01",
            List.of(message(4, 0xFFFFFF, 9, 1, "01"))),
        new WireCase(
            "extended timestamp left out on fmt 3",
            4,
            false,
            "04 ffffff 00000a 09 01000000 01000000 01020304 c4 05060708 c4 090a"
                + "44 000001 000001 09 0b",
            List.of(
                message(4, 0x01000000, 9, 1, "0102030405060708090a"),
                message(4, 0x01000001, 9, 1, "0b"))),
        new WireCase(
            "extended delta, absolute time repeated on fmt 3",
            4,
            false,
            "04 000001 000001 09 01000000 00"
                + "44 ffffff 000008 09 01000000 01020304 c4 01000001 05060708",
            List.of(message(4, 1, 9, 1, "00"), message(4, 0x01000001, 9, 1, "0102030405060708"))),
        new WireCase(
            "time of 2^32 - 1, then over the edge",
            128,
            true,
            "04 ffffff 000001 09 01000000 ffffffff 01 44 000002 000002 09 0203",
            List.of(message(4, -1, 9, 1, "01"), message(4, 1, 9, 1, "0203"))),
        new WireCase(
            "fmt 1 on a fresh chunk stream (cameras)",
            128,
            false,
            "44 000005 000001 08 01",
            List.of(message(4, 5, 8, 0, "01"))),
        new WireCase(
            "fmt 3 on a fresh chunk stream is an empty message",
            128,
            false,
            "c4 04 000001 000001 08 01000000 01",
            List.of(message(4, 0, 0, 0, ""), message(4, 1, 8, 1, "01"))),
        new WireCase(
            "full header repeated within a message",
            2,
            false,
            "04 000001 000004 09 01000000 0102 04 000001 000004 09 01000000 0304",
            List.of(message(4, 1, 9, 1, "01020304"))),
        new WireCase(
            "empty message",
            128,
            true,
            "04 000001 000000 08 01000000",
            List.of(message(4, 1, 8, 1, ""))));
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void reads(WireCase wire) {
    byte[] input = Bytes.fromHex(wire.hex()).toArray();
    for (List<byte[]> pieces : Fragments.of(input, 20)) {
      assertThat(read(wire.chunkSize(), pieces)).isEqualTo(wire.messages());
    }
  }

  @ParameterizedTest
  @MethodSource("wireCases")
  void writes(WireCase wire) {
    Bytes written = write(wire.chunkSize(), wire.messages());
    if (wire.canonical()) {
      assertThat(written.hex()).isEqualTo(wire.hex().replace(" ", ""));
    }
    assertThat(read(wire.chunkSize(), List.of(written.toArray()))).isEqualTo(wire.messages());
  }

  @Test
  void readsWhatItWritesForRandomMessagesAndChunkSizes() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int chunkSize = 1 + random.nextInt(300);
      List<ChunkMessage> messages = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] payload = new byte[random.nextInt(2000)];
        random.nextBytes(payload);
        int csid = 2 + random.nextInt(3) * 150;
        int timestamp = random.nextInt(3) == 0 ? random.nextInt() : i * 20;
        messages.add(new ChunkMessage(csid, timestamp, 9, 1, Bytes.wrap(payload)));
      }
      byte[] written = write(chunkSize, messages).toArray();
      for (List<byte[]> pieces : Fragments.of(written, 2)) {
        assertThat(read(chunkSize, pieces)).isEqualTo(messages);
      }
    }
  }

  @Test
  void growsMemoryOfLongMessagesAsTheyArrive() {
    byte[] payload = new byte[3_000_000];
    new Random(1).nextBytes(payload);
    List<ChunkMessage> messages = List.of(new ChunkMessage(4, 1, 9, 1, Bytes.wrap(payload)));
    assertThat(read(4096, List.of(write(4096, messages).toArray()))).isEqualTo(messages);
  }

  @Test
  void abortGivesUpTheMessageInProgress() {
    List<ChunkMessage> messages = new ArrayList<>();
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, messages::add);
    decoder.setChunkSize(2);
    feed(decoder, Bytes.fromHex("04 000001 000004 09 01000000 0102"));
    decoder.abort(4);
    decoder.abort(99);
    feed(decoder, Bytes.fromHex("04 000002 000001 08 01000000 07"));
    assertThat(messages).containsExactly(message(4, 2, 8, 1, "07"));
  }

  @Test
  void refusesChunkSizesOutOfRange() {
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, ignored -> {});
    for (int size : new int[] {0, -1, 16 * 1024 * 1024 + 1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> decoder.setChunkSize(size))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("chunk size " + size);
    }
    decoder.setChunkSize(1);
    decoder.setChunkSize(16 * 1024 * 1024);
  }

  @Test
  void refusesLongMessagesOfStrangersOnly() {
    Bytes header = Bytes.fromHex("04 000001 010001 09 01000000");
    ChunkDecoder stranger = new ChunkDecoder(RtmpLimits.DEFAULT, ignored -> {});
    assertThatThrownBy(() -> feed(stranger, header)).hasMessageContaining("at most 65536");
    ChunkDecoder publisher = new ChunkDecoder(RtmpLimits.DEFAULT, ignored -> {});
    publisher.publisherAccepted();
    feed(publisher, header);
  }

  @Test
  void refusesTooManyChunkStreams() {
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, ignored -> {});
    for (int id = 0; id < 64; id++) {
      feed(decoder, Bytes.fromHex("00 %02x 000001 000000 08 01000000".formatted(id)));
    }
    assertThatThrownBy(() -> feed(decoder, Bytes.fromHex("00 ff 000001 000000 08 01000000")))
        .hasMessageContaining("more than 64 chunk streams");
  }

  @Test
  void refusesTooMuchHeldByUnfinishedMessages() {
    RtmpLimits limits = new RtmpLimits(1 << 20, 1 << 20, 1 << 20, 64, 1 << 20);
    ChunkDecoder decoder = new ChunkDecoder(limits, ignored -> {});
    String begun = "%02x 000001 0fffff 09 01000000 00";
    for (int id = 4; id < 8; id++) {
      feed(decoder, Bytes.fromHex(begun.formatted(id) + "00".repeat(127)));
    }
    assertThatThrownBy(() -> feed(decoder, Bytes.fromHex(begun.formatted(8))))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("unfinished messages hold");
  }

  @Test
  void refusesAnotherMessageWithinAMessage() {
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, ignored -> {});
    decoder.setChunkSize(2);
    feed(decoder, Bytes.fromHex("04 000001 000004 09 01000000 0102"));
    assertThatThrownBy(() -> feed(decoder, Bytes.fromHex("04 000001 000003 09 01000000")))
        .hasMessageContaining("still lacks 2 bytes");
  }

  @Test
  void onlyProtocolExceptionEscapesFromRandomInput() {
    for (int seed = 0; seed < 3000; seed++) {
      byte[] garbage = new byte[400];
      new Random(seed).nextBytes(garbage);
      List<ChunkMessage> messages = new ArrayList<>();
      ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, messages::add);
      try {
        feed(decoder, Bytes.wrap(garbage));
        assertThat(messages.stream().mapToInt(m -> m.payload().length()).sum())
            .isLessThan(garbage.length);
      } catch (ProtocolException expected) {
        assertThat(expected).hasMessageMatching(".*(message|chunk).*");
      }
    }
  }

  private static List<ChunkMessage> read(int chunkSize, List<byte[]> pieces) {
    List<ChunkMessage> messages = new ArrayList<>();
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, messages::add);
    decoder.setChunkSize(chunkSize);
    decoder.publisherAccepted();
    pieces.forEach(piece -> feed(decoder, Bytes.wrap(piece)));
    return messages;
  }

  private static void feed(ChunkDecoder decoder, Bytes input) {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
    try {
      buffer.writeBytes(input.asByteBuffer());
      decoder.read(buffer);
    } finally {
      buffer.release();
    }
  }

  private static Bytes write(int chunkSize, List<ChunkMessage> messages) {
    ChunkEncoder encoder = new ChunkEncoder();
    encoder.setChunkSize(chunkSize);
    ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
    try {
      messages.forEach(message -> encoder.write(message, buffer));
      byte[] written = new byte[buffer.readableBytes()];
      buffer.readBytes(written);
      return Bytes.wrap(written);
    } finally {
      buffer.release();
    }
  }
}
