package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import java.util.List;

/**
 * What relays of a site say to each other (docs/reference/relay-protocol.md, section 5). Values are
 * immutable; {@link FrameReader} makes only such that are within the bounds of the specification,
 * {@link FrameWriter} refuses others.
 */
public sealed interface Frame {
  /** Frames of connections (binding T). */
  sealed interface Linked extends Frame {}

  /** Frames in datagrams (binding M), which end with a trailer. */
  sealed interface Cast extends Frame {}

  /** Beside the stripes of {@link Subscribe}: all of it, as symbols by multicast. */
  int MULTICAST = 1 << 4;

  /** Something that is a number of 8 bits in frames. */
  interface Coded {
    int code();
  }

  /** A run of chunks of an object. */
  record Range(int first, int count) {
    int end() {
      return first + count;
    }
  }

  /**
   * The first frame of who connected.
   *
   * @param multicast whether it hears multicast
   * @param uplinkKbit what it gives to others, from 1
   * @param udpPort 0 if it has none
   * @param id 16 bytes, {@link SiteRelay#idOf}
   */
  record Hello(boolean multicast, long uplinkKbit, int udpPort, Bytes id, String site)
      implements Linked {}

  /** Why somebody was let in or not. */
  enum Verdict implements Coded {
    WELCOME(0, "come in"),
    OTHER_SITE(1, "of another site"),
    VERSION(2, "of another version"),
    IDENTITY(3, "not the id of the certificate"),
    FULL(4, "too many connections"),
    BANNED(5, "shut out"),
    STOPPING(6, "stopping");

    private final int code;
    private final String text;

    Verdict(int code, String text) {
      this.code = code;
      this.text = text;
    }

    /** What is said with it. */
    public String text() {
      return text;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** The answer to {@link Hello}. */
  record Welcome(Verdict verdict, Bytes id, long clockMs, String text) implements Linked {}

  /** Each second. */
  record Ping(long token) implements Linked {}

  /** At once behind {@link Ping}. */
  record Pong(long token, int queueMs, int busyPercent, int streams) implements Linked {}

  /** Why somebody leaves. */
  enum Leaving implements Coded {
    STOPPING(1),
    NOT_NEEDED(2),
    MALFORMED(3),
    BANNED(4);

    private final int code;

    Leaving(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** The last frame. */
  record Bye(Leaving reason, String text) implements Linked {}

  /**
   * Names a track, and asks to be told what the other has of it, and for chunks.
   *
   * @param track what the sender calls it from now on, from 1
   * @param stripes bits 0 to 3, of which chunks are to be sent; {@link #MULTICAST}; 0 for none
   * @param fromMsn 0 for what comes next
   */
  record Subscribe(int track, String app, String name, String rendition, int stripes, long fromMsn)
      implements Linked {}

  /** Ends a {@link Subscribe}. */
  record Unsubscribe(int track) implements Linked {}

  /** An object is about to come; with the leaves of its tree. */
  record Head(int track, LogPosition at, int sizeBytes, List<Bytes> leaves) implements Linked {
    public Head {
      leaves = List.copyOf(leaves);
    }
  }

  /** A chunk of an object. */
  record Chunk(int track, LogPosition at, int index, boolean repair, Bytes data)
      implements Linked {}

  /** Which chunks of an object somebody has. */
  record Have(int track, LogPosition at, int chunks, Bytes bitmap) implements Linked {
    boolean has(int chunk) {
      return (bitmap.u8(chunk / 8) >> (7 - chunk % 8) & 1) == 1;
    }
  }

  /** Which chunks somebody lacks, and for how long they are of use. */
  record Want(int track, LogPosition at, int leftMs, List<Range> ranges) implements Linked {
    public Want {
      ranges = List.copyOf(ranges);
    }
  }

  /** Why something is not sent. */
  enum Refusal implements Coded {
    BUSY(1),
    UNKNOWN(2),
    EXPIRED(3),
    LIMIT(4),
    FORBIDDEN(5);

    private final int code;

    Refusal(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** Something is not sent: what was wanted of an object, or, at 0-0.0, a track. */
  record Refuse(int track, LogPosition at, Refusal reason, int retryMs) implements Linked {}

  /** Chunks that are not to be sent any more; with no ranges, all of the object. */
  record Cancel(int track, LogPosition at, List<Range> ranges) implements Linked {
    public Cancel {
      ranges = List.copyOf(ranges);
    }
  }

  /**
   * One symbol of a block of an object.
   *
   * @param sequence counts the symbols of a session
   * @param k source symbols of the block
   * @param index from 0; parity from k on
   */
  record Symbol(
      int track,
      long session,
      long sequence,
      LogPosition at,
      int sizeBytes,
      int block,
      int blocks,
      int k,
      int index,
      int paceMbit,
      Bytes data)
      implements Cast {}

  /**
   * Symbols of a block are missing.
   *
   * @param highest index that was heard; 255 if none
   */
  record Nack(
      int track,
      long session,
      LogPosition at,
      int block,
      int missing,
      int highest,
      int roundTripMs,
      Bytes id)
      implements Cast {}

  /** What a sender means by a track. */
  record Track(int number, String app, String name, String rendition) {}

  /** A sender is there. */
  record Beacon(
      long session,
      long sequence,
      Bytes id,
      int paceMbit,
      int listeners,
      int udpPort,
      List<Track> tracks)
      implements Cast {
    public Beacon {
      tracks = List.copyOf(tracks);
    }
  }

  /** One of fifty by which a relay finds out whether multicast is carried. */
  record Probe(long session, int index, int fillBytes) implements Cast {}
}
