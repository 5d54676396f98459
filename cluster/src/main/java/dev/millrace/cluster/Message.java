package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What members of a group say to each other. */
sealed interface Message {
  /** No message is longer, in bytes. */
  int MAX_BYTES = 60_000;

  /**
   * A piece of the sender's whole section.
   *
   * @param version of the section; all its pieces have the same
   * @param index of the piece, from 0
   * @param info in piece 0 and only there
   * @param settings likewise
   */
  record Piece(
      Version version,
      int index,
      int count,
      @Nullable NodeInfo info,
      @Nullable NodeSettings settings,
      List<Holding> held)
      implements Message {

    /** Pieces of one section at most; some 250,000 streams. */
    static final int MAX_COUNT = 256;
  }

  /** What changed in the sender's section. */
  record Changed(Delta delta) implements Message {}

  /** The sender lacks the receiver's section, or changes of it. */
  record Want() implements Message {}

  /** The version that the sender's section has, said now and then while nothing changes. */
  record Still(Version version) implements Message {}

  /** Of another part of the cluster. */
  record OnTopic(int topic, Bytes payload) implements Message {}
}
