package dev.millrace.relay.iptv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** When which missing packets are asked for, and when they are given up. One thread. */
final class Holes {
  private static final long MS = 1_000_000;

  /** When to ask: not before 40 ms, since it may be disorder only; the answer may be lost, too. */
  private static final long[] ASK_AGES = {40 * MS, 100 * MS, 300 * MS, Long.MAX_VALUE};

  private static final long GIVE_UP = 1000 * MS;

  /** Two runs that are so near are asked for as one. */
  private static final int NEAR = 8;

  private final Map<Long, Hole> known = new HashMap<>();

  private static final class Hole {
    final long since;
    int asked;

    Hole(long since) {
      this.since = since;
    }
  }

  /** Packets to ask for. */
  record Run(long first, int count) {}

  /**
   * What is to be done.
   *
   * @param givenUp the last of those that are waited for no longer
   */
  record Due(List<Run> ask, OptionalLong givenUp) {}

  /**
   * Looks at the holes of now.
   *
   * @param missing sequence numbers in order
   */
  Due look(List<Long> missing, long nowNanos) {
    known.keySet().retainAll(missing);
    List<Long> ask = new ArrayList<>();
    OptionalLong givenUp = OptionalLong.empty();
    for (long sequence : missing) {
      Hole hole = known.computeIfAbsent(sequence, ignored -> new Hole(nowNanos));
      long age = nowNanos - hole.since;
      if (age >= GIVE_UP) {
        givenUp = OptionalLong.of(sequence);
      } else if (age >= ASK_AGES[hole.asked]) {
        hole.asked++;
        ask.add(sequence);
      }
    }
    return new Due(runs(ask), givenUp);
  }

  private static List<Run> runs(List<Long> sequences) {
    List<Run> runs = new ArrayList<>();
    for (long sequence : sequences) {
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last != null
          && sequence - last.first() < ChannelOrigin.MAX_PACKETS
          && sequence - last.first() - last.count() < NEAR) {
        runs.set(runs.size() - 1, new Run(last.first(), (int) (sequence - last.first()) + 1));
      } else {
        runs.add(new Run(sequence, 1));
      }
    }
    return runs;
  }
}
