package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.log.LogPosition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The frames of section 13 of docs/reference/relay-protocol.md, and what they say. */
final class FrameExamples {
  static final SiteKey KEY = new SiteKey(7, counting(32));
  static final LogPosition AT = new LogPosition(1_763_739_990_000L, 700, 3);
  private static final Bytes A = Bytes.fromHex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  private static final Bytes B = Bytes.fromHex("b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
  private static final long SESSION = 0x01020304;

  private FrameExamples() {}

  /** A frame, as it is headed there. */
  record Example(String name, Frame frame) {
    Bytes write() {
      return frame instanceof Frame.Cast cast
          ? FrameWriter.write(cast, KEY)
          : FrameWriter.write((Frame.Linked) frame);
    }

    static Frame read(Bytes bytes) {
      return FrameReader.head(bytes).isCast()
          ? FrameReader.readCast(bytes, id -> id == KEY.id() ? KEY : null)
          : FrameReader.read(bytes);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Example> all() {
    return Stream.of(
        new Example("HELLO", new Frame.Hello(true, 100_000, 7481, A, "campus-1")),
        new Example("WELCOME", new Frame.Welcome(Frame.Verdict.WELCOME, B, 1_763_739_991_234L, "")),
        new Example("PING", new Frame.Ping(0x0123456789ABCDEFL)),
        new Example("PONG", new Frame.Pong(0x0123456789ABCDEFL, 12, 35, 4)),
        new Example("BYE", new Frame.Bye(Frame.Leaving.STOPPING, "stopping")),
        new Example("SUBSCRIBE", new Frame.Subscribe(9, "live", "alice", "720p", 5, 700)),
        new Example("UNSUBSCRIBE", new Frame.Unsubscribe(9)),
        new Example("OBJECT", new Frame.Head(9, AT, 20_000, leaves())),
        new Example("CHUNK", new Frame.Chunk(9, AT, 0, true, Bytes.utf8("moof"))),
        new Example("HAVE", new Frame.Have(9, AT, 16, Bytes.of(0xFF, 0xBE))),
        new Example(
            "WANT",
            new Frame.Want(9, AT, 210, List.of(new Frame.Range(9, 1), new Frame.Range(15, 1)))),
        new Example("REFUSE", new Frame.Refuse(9, AT, Frame.Refusal.BUSY, 40)),
        new Example("CANCEL", new Frame.Cancel(9, AT, List.of(new Frame.Range(15, 1)))),
        new Example(
            "SYMBOL",
            new Frame.Symbol(9, SESSION, 52_017, AT, 250_000, 0, 1, 191, 17, 300, counting(16))),
        new Example("NACK", new Frame.Nack(9, SESSION, AT, 0, 2, 194, 2, A)),
        new Example(
            "BEACON",
            new Frame.Beacon(
                SESSION,
                52_017,
                B,
                300,
                3,
                7481,
                List.of(new Frame.Track(9, "live", "alice", "720p")))),
        new Example("PROBE", new Frame.Probe(SESSION, 49, 16)));
  }

  private static List<Bytes> leaves() {
    byte[] first = new byte[MerkleTree.CHUNK_BYTES];
    Arrays.fill(first, (byte) 0x11);
    byte[] second = new byte[20_000 - MerkleTree.CHUNK_BYTES];
    Arrays.fill(second, (byte) 0x22);
    return List.of(MerkleTree.leaf(Bytes.wrap(first)), MerkleTree.leaf(Bytes.wrap(second)));
  }

  private static Bytes counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.wrap(bytes);
  }
}
