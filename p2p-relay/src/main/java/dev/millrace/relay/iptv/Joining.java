package dev.millrace.relay.iptv;

import dev.millrace.media.ts.AccessUnit;
import dev.millrace.media.ts.TsProgram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a channel waits for before it begins a time base: a frame that decoding can start with. */
final class Joining {
  /** More than the audio of any GOP that is worth waiting for. */
  private static final int MAX_HELD = 1000;

  private final List<AccessUnit> held = new ArrayList<>();
  private @Nullable AccessUnit base;
  private @Nullable TsProgram program;
  private boolean broken;

  void program(TsProgram changed) {
    program = changed;
  }

  /** Pictures are missing: those that follow are of no use up to a key frame. */
  void broken() {
    broken = true;
  }

  /** Whether it is of the PID with the PCR: a picture, or sound where there is nothing else. */
  boolean isVideo(AccessUnit unit) {
    return program != null && unit.pid() == program.pcrPid();
  }

  /** Whether a frame can be decoded by who has had those before it. */
  boolean isDecodable(AccessUnit unit) {
    if (program == null || !program.hasVideo() || !isVideo(unit)) {
      return true;
    }
    broken = broken && !unit.randomAccess();
    return !broken;
  }

  /**
   * Keeps a frame for the beginning.
   *
   * @return how many frames were dropped for it
   */
  int add(AccessUnit unit) {
    boolean first =
        isVideo(unit) && (unit.randomAccess() || (program != null && !program.hasVideo()));
    if (base == null && first) {
      base = unit;
    } else if (base == null && isVideo(unit)) {
      return 1;
    }
    held.add(unit);
    if (held.size() <= MAX_HELD) {
      return 0;
    }
    int dropped = held.size();
    held.clear();
    base = null;
    return dropped;
  }

  /** Whether the first frame has come. */
  boolean isReady() {
    return base != null;
  }

  /** The first frame, and what was kept that does not lie before it. */
  List<AccessUnit> take() {
    AccessUnit first = base;
    if (first == null) {
      throw new IllegalStateException("nothing to begin with yet");
    }
    List<AccessUnit> taken = new ArrayList<>();
    taken.add(first);
    for (AccessUnit unit : held) {
      if (!unit.equals(first) && unit.dtsUs() >= first.dtsUs()) {
        taken.add(unit);
      }
    }
    held.clear();
    base = null;
    return taken;
  }
}
