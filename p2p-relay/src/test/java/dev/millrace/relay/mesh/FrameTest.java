package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.FrameExamples.Example;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameTest {
  private static final Path SPECIFICATION = Path.of("../docs/reference/relay-protocol.md");

  private final Random random = new Random(77);

  static Stream<Example> examples() {
    return FrameExamples.all();
  }

  static Stream<Example> linked() {
    return FrameExamples.all().filter(each -> each.frame() instanceof Frame.Linked);
  }

  static Stream<Example> cast() {
    return FrameExamples.all().filter(each -> each.frame() instanceof Frame.Cast);
  }

  /** Section 13 of the specification, read from its page. */
  private static Map<String, Bytes> specified() throws IOException {
    String page = Files.readString(SPECIFICATION);
    String block = page.substring(page.indexOf("## 13."));
    Map<String, Bytes> frames = new HashMap<>();
    String name = "";
    for (String line : block.lines().toList()) {
      if (line.endsWith(" bytes)")) {
        name = line.substring(0, line.lastIndexOf(" ("));
      } else if (line.startsWith("  ")) {
        frames.merge(name, Bytes.fromHex(line), (one, two) -> Bytes.concat(List.of(one, two)));
      }
    }
    return frames;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isReadAndWrittenAsTheSpecificationHasIt(Example example) throws IOException {
    Bytes bytes = specified().getOrDefault(example.name(), Bytes.EMPTY);
    assertThat(Example.read(bytes)).isEqualTo(example.frame());
    assertThat(example.write().hex()).isEqualTo(bytes.hex());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isAsLongAsRoomIsMadeForIt(Example example) {
    assertThat(FrameLength.of(example.frame())).isEqualTo(example.write().length());
  }

  @Test
  void roomIsMadeForTheLargestAndTheEmpty() {
    List<Bytes> leaves = Collections.nCopies(FrameType.MAX_CHUNKS, Bytes.EMPTY.sha256());
    int bytes = FrameType.MAX_CHUNKS * FrameType.CHUNK_BYTES;
    Frame.Head largest = new Frame.Head(1, FrameExamples.AT, bytes, leaves);
    assertThat(FrameWriter.write(largest).length()).isEqualTo(12 + 26 + 32 * 2048);
    assertThat(FrameWriter.write(new Frame.Unsubscribe(1)).length()).isEqualTo(12);
    assertThat(FrameWriter.write(new Frame.Ping(1)).length()).isEqualTo(20);
    Bytes foreign =
        FrameWriter.write(new Frame.Bye(Frame.Leaving.BANNED, "caf\u00e9 \ud83d\ude00"));
    assertThat(FrameReader.read(foreign)).isEqualTo(new Frame.Bye(Frame.Leaving.BANNED, "caf? ??"));
  }

  @Test
  void theSpecificationHasOneOfEachType() throws IOException {
    assertThat(specified().keySet())
        .containsExactlyInAnyOrderElementsOf(examples().map(Example::name).toList());
    assertThat(examples().map(each -> FrameReader.head(each.write()))).contains(FrameType.values());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void nothingMayBeMissingOrMore(Example example) {
    byte[] whole = example.write().toArray();
    for (int length = 0; length < whole.length; length++) {
      Bytes cut = Bytes.wrap(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAny(cut)).isInstanceOf(ProtocolException.class);
    }
    for (int more = 1; more < 4; more++) {
      byte[] longer = Arrays.copyOf(whole, whole.length + more);
      assertThatThrownBy(() -> readAny(Bytes.wrap(longer))).isInstanceOf(ProtocolException.class);
    }
  }

  private static Frame readAny(Bytes bytes) {
    if (bytes.length() < FrameType.HEAD_BYTES) {
      return FrameReader.read(bytes);
    }
    return Example.read(bytes);
  }

  /** What a changed frame says, if anything, can be said: it is written as it was read. */
  @ParameterizedTest
  @MethodSource("linked")
  void anyDamageIsRefusedOrIsAnotherFrame(Example example) {
    Bytes bytes = example.write();
    int read = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] damaged = bytes.toArray();
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        int at = random.nextInt(damaged.length);
        damaged[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : damaged[at] ^ 1);
      }
      try {
        Frame.Linked frame = FrameReader.read(Bytes.wrap(damaged));
        assertThat(FrameWriter.write(frame)).isEqualTo(Bytes.wrap(damaged));
        read++;
      } catch (ProtocolException e) {
        assertThat(e.reason()).isEqualTo(ProtocolException.Reason.MALFORMED);
      }
    }
    assertThat(read).isLessThan(3000);
  }

  @ParameterizedTest
  @MethodSource("cast")
  void noChangedDatagramIsRead(Example example) {
    Bytes bytes = example.write();
    for (int at = 0; at < bytes.length(); at++) {
      byte[] damaged = bytes.toArray();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> Example.read(Bytes.wrap(damaged)))
          .isInstanceOf(ProtocolException.class);
    }
    SiteKey other = new SiteKey(7, Bytes.utf8("another site's").sha256());
    assertThatThrownBy(() -> FrameReader.readCast(bytes, id -> other))
        .hasMessageContaining("not sealed with the site's key");
  }

  /** The fields of a datagram are checked behind its seal: by a member who is wrong. */
  @ParameterizedTest
  @MethodSource("cast")
  void wrongFieldsOfAMemberAreRefused(Example example) {
    Bytes bytes = example.write();
    int end = bytes.length() - FrameType.TRAILER_BYTES;
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] damaged = bytes.slice(0, end).toArray();
      damaged[6 + random.nextInt(end - 6)] = (byte) random.nextInt(256);
      Bytes inner = Bytes.wrap(damaged);
      Bytes sealed = Bytes.concat(List.of(inner, FrameExamples.KEY.trailer(inner)));
      try {
        Frame.Cast frame = (Frame.Cast) Example.read(sealed);
        // A probe's filling is passed over.
        if (!(frame instanceof Frame.Probe)) {
          assertThat(FrameWriter.write(frame, FrameExamples.KEY)).isEqualTo(sealed);
        }
      } catch (ProtocolException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  static Stream<Frame.Linked> outOfBounds() {
    Bytes id = Bytes.wrap(new byte[16]);
    LogPosition at = FrameExamples.AT;
    Frame.Range range = new Frame.Range(0, 1);
    return Stream.of(
        new Frame.Hello(false, 0, 1, id, "site"),
        new Frame.Hello(false, 1, 65_536, id, "site"),
        new Frame.Hello(false, 1, 1, id, ""),
        new Frame.Hello(false, 1, 1, id, "a b"),
        new Frame.Hello(false, 1, 1, Bytes.EMPTY, "site"),
        new Frame.Hello(false, 1, 1, id, "s".repeat(65)),
        new Frame.Pong(1, 0, 101, 0),
        new Frame.Bye(Frame.Leaving.BANNED, "\n"),
        new Frame.Bye(Frame.Leaving.BANNED, "x".repeat(256)),
        new Frame.Subscribe(0, "live", "alice", "720p", 1, 0),
        new Frame.Subscribe(65_536, "live", "alice", "720p", 1, 0),
        new Frame.Subscribe(1, "live", "alice", "720p", 32, 0),
        new Frame.Subscribe(1, "live", "alice", "", 1, 0),
        new Frame.Subscribe(1, "..", "alice", "720p", 1, 0),
        new Frame.Subscribe(1, "live", "alice", "720p", 1, 1_000_000_000_000_000_000L),
        new Frame.Subscribe(1, "live", "alice", "720p", 1, -1),
        new Frame.Head(1, at, 16_385, List.of(id)),
        new Frame.Head(1, at, 16_384, List.of(id)),
        new Frame.Head(1, at, 0, List.of()),
        new Frame.Chunk(1, at, 2048, false, id),
        new Frame.Chunk(1, at, 0, false, Bytes.EMPTY),
        new Frame.Chunk(1, at, 0, false, Bytes.wrap(new byte[16_385])),
        new Frame.Chunk(1, new LogPosition(-1, 0, 0), 0, false, id),
        new Frame.Chunk(1, new LogPosition(0, 0, 1_000_000), 0, false, id),
        new Frame.Have(1, at, 0, Bytes.EMPTY),
        new Frame.Have(1, at, 9, Bytes.of(0xFF)),
        new Frame.Have(1, at, 7, Bytes.of(0xFF)),
        new Frame.Want(1, at, 0, List.of(range)),
        new Frame.Want(1, at, 3001, List.of(range)),
        new Frame.Want(1, at, 1, List.of()),
        new Frame.Want(1, at, 1, List.of(range, range)),
        new Frame.Want(1, at, 1, List.of(range, new Frame.Range(1, 1))),
        new Frame.Want(1, at, 1, List.of(new Frame.Range(2047, 2))),
        new Frame.Want(1, at, 1, List.of(new Frame.Range(0, 0))));
  }

  @ParameterizedTest
  @MethodSource("outOfBounds")
  void whatIsOutOfBoundsIsNotSent(Frame.Linked frame) {
    assertThatThrownBy(() -> FrameWriter.write(frame)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aConnectionIsCutInPiecesOfAnySize() {
    List<Frame.Linked> frames = new ArrayList<>();
    List<Bytes> bytes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      linked()
          .forEach(
              each -> {
                frames.add((Frame.Linked) each.frame());
                bytes.add(each.write());
              });
    }
    byte[] wire = Bytes.concat(bytes).toArray();
    for (int most : new int[] {1, 7, 100, 5000, wire.length}) {
      List<Frame.Linked> read = new ArrayList<>();
      FrameCutter cutter = new FrameCutter(read::add);
      for (int at = 0; at < wire.length; ) {
        int piece = Math.min(wire.length - at, 1 + random.nextInt(most));
        cutter.read(ByteBuffer.wrap(wire, at, piece));
        at += piece;
      }
      assertThat(read).isEqualTo(frames);
    }
  }

  @Test
  void aHeadIsRefusedBeforeRoomIsMadeForItsFrame() {
    FrameCutter cutter = new FrameCutter(frame -> {});
    byte[] head = Bytes.fromHex("4d52 01 14 00 00 0001 7fffffff").toArray();
    assertThatThrownBy(() -> cutter.read(ByteBuffer.wrap(head)))
        .hasMessage("CHUNK of 2147483647 bytes, must be 23..16406");
  }
}
