package dev.millrace.transcoder.ffmpeg.worker;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Watches the rungs of a pipeline and tells them when to be left out; says so in one line each
 * time. Called at short intervals on one thread.
 */
final class LoadControl {
  /** A rung of unknown cost is taken to need this much of a processor. */
  private static final double UNKNOWN_COST = 0.5;

  private static final String AGAIN = " is encoded again: the machine has room";

  private final LoadShedder shedder = new LoadShedder();
  private final Settling settling = new Settling();
  private final LongSupplier nanoTime;
  private final DoubleSupplier idleProcessors;
  private final Consumer<String> events;
  private long lostBefore;
  private int before;

  /** Share of a processor that the rung shed last took. */
  private double cost = UNKNOWN_COST;

  /**
   * @param idleProcessors how many processors of the machine have nothing to do
   * @param events hears of each change, one sentence
   */
  LoadControl(LongSupplier nanoTime, DoubleSupplier idleProcessors, Consumer<String> events) {
    this.nanoTime = nanoTime;
    this.idleProcessors = idleProcessors;
    this.events = events;
  }

  /**
   * Looks at the lanes and decides.
   *
   * @param lost frames dropped before the encoders since the start
   */
  void look(List<VideoLane> lanes, boolean firstIsSource, long lagUs, long lost) {
    boolean spare = idleProcessors.getAsDouble() >= cost;
    long now = nanoTime.getAsLong();
    boolean lostNow = lost > lostBefore;
    boolean encodes = lanes.stream().anyMatch(lane -> lane.meter().frames() > 0);
    boolean unsettled = settling.look(now, lanes, encodes) || isUnderWay(lanes);
    int shed =
        unsettled && !lostNow
            ? shedder.hold()
            : shedder.decide(now, lanes.size(), lagUs, lostNow, spare);
    lostBefore = lost;
    for (int i = 0; i < lanes.size(); i++) {
      boolean wanted = LoadShedder.isShed(i, lanes.size(), shed, firstIsSource);
      VideoLane lane = lanes.get(i);
      if (wanted != lane.shedWanted()) {
        if (wanted) {
          cost = Math.clamp(lane.meter().busyShare(), 0.05, 1);
        }
        lane.shed(wanted);
        if (shed != before) {
          events.accept(lane.rung().name() + (wanted ? leftOut(lostNow, lagUs) : AGAIN));
        }
      }
    }
    before = shed;
  }

  /** A rung is left out from a segment on that may be far behind in the queues. */
  private static boolean isUnderWay(List<VideoLane> lanes) {
    return lanes.stream().anyMatch(lane -> lane.shedWanted() && !lane.isShed());
  }

  private static String leftOut(boolean lost, long lagUs) {
    return " is left out: the machine is too slow, "
        + (lost
            ? "frames are lost before the encoders"
            : "encoding is behind by " + lagUs / 1000 + " ms");
  }
}
