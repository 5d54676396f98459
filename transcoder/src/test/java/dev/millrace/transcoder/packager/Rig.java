package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.live.StreamEvent;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.Targets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** A packager with a hand-driven clock; frames arrive at their own times. */
final class Rig implements Warnings {
  static final long START_S = 1_763_719_200L;
  static final StreamPath PATH = StreamPath.parse("live/test");
  static final Bytes AVCC =
      Bytes.fromHex(
          "0164001effe1001a 6764001eacd940d83de6f0110000030001000003003"
              + "00f162d96 01000568ebecb22cfdf8f800");

  final Targets targets;
  final RecordedLog log = new RecordedLog(this::nanos);
  final LogRules rules;
  final Map<String, String> warnings = new LinkedHashMap<>();
  final List<String> warned = new ArrayList<>();
  final RecordedLadder ladder = new RecordedLadder();
  final SequenceNumbers numbers;
  final Packager packager;
  private long nanos;
  private long epoch;
  private boolean gathering;
  private final List<StreamEvent> gathered = new ArrayList<>();
  int wakes;

  Rig(Path folder) {
    this(folder, 1_000_000_000L, 100, Adoptions.NONE);
  }

  /**
   * @param startNanos what the clock shows
   * @param firstEpoch of its sessions
   */
  Rig(Path folder, long startNanos, long firstEpoch, Adoptions adoptions) {
    this(folder, startNanos, firstEpoch, adoptions, Targets.DEFAULT);
  }

  Rig(Path folder, long startNanos, long firstEpoch, Adoptions adoptions, Targets targets) {
    this.targets = targets;
    rules = new LogRules(targets);
    nanos = startNanos;
    epoch = firstEpoch;
    InstantSource wall = () -> Instant.ofEpochSecond(START_S).plusNanos(nanos);
    numbers = new SequenceNumbers(folder, wall);
    packager = new Packager(PATH, log, targets, numbers, wall, this, ladder, adoptions);
  }

  long nanos() {
    return nanos;
  }

  long wallUs() {
    return START_S * 1_000_000 + nanos / 1_000;
  }

  /** A Track.Video that needs no bitstream. */
  static Track.Video videoTrack(double frameRate) {
    return new Track.Video(
        0,
        Track.VideoCodec.AVC,
        "avc1.64001e",
        AVCC,
        640,
        360,
        1,
        1,
        frameRate > 0 ? OptionalDouble.of(frameRate) : OptionalDouble.empty(),
        false);
  }

  /** AAC-LC stereo. */
  static Track.Audio audioTrack(int sampleRate) {
    return new Track.Audio(
        0,
        Track.AudioCodec.AAC,
        "mp4a.40.2",
        Bytes.fromHex(sampleRate == 48_000 ? "1190" : "1210"),
        sampleRate,
        2,
        1024);
  }

  Rig start(Track... tracks) {
    on(new SessionStarted(epoch++, Instant.ofEpochSecond(START_S)));
    return tracks(tracks);
  }

  Rig tracks(Track... tracks) {
    on(new TracksChanged(List.of(tracks), 2_500_000));
    return this;
  }

  /** Feeds frames in order of arrival, moving the clock; times count from now. */
  @SafeVarargs
  final Rig play(List<Timed>... tracks) {
    List<Timed> all = new ArrayList<>();
    for (List<Timed> track : tracks) {
      all.addAll(track);
    }
    all.sort(Comparator.comparingLong(Timed::arrivalUs));
    long zero = nanos;
    for (Timed timed : all) {
      at(zero + timed.arrivalUs() * 1_000);
      on(new FrameArrived(timed.frame(nanos)));
    }
    return this;
  }

  /** A session whose events wait until so much later, as while the past of a stream is fetched. */
  @SafeVarargs
  final Rig startLate(long ms, Track[] tracks, List<Timed>... frames) {
    on(new SessionStarted(epoch++, Instant.ofEpochSecond(START_S)));
    List<Timed> all = new ArrayList<>();
    for (List<Timed> track : frames) {
      all.addAll(track);
    }
    all.sort(Comparator.comparingLong(Timed::arrivalUs));
    long zero = nanos;
    nanos += ms * 1_000_000;
    tracks(tracks);
    for (Timed timed : all) {
      long arrival = zero + timed.arrivalUs() * 1_000;
      if (arrival > nanos) {
        at(arrival);
      }
      on(new FrameArrived(timed.frame(arrival)));
    }
    return this;
  }

  /** Lets time pass. */
  Rig idle(long ms) {
    at(nanos + ms * 1_000_000);
    return this;
  }

  Rig endSession() {
    on(new SessionEnded("test"));
    return this;
  }

  Rig endStream() {
    on(new StreamEnded());
    return this;
  }

  /** From here on frames gather as {@link WakeRule} allows, as in a {@link StreamPackager}. */
  Rig gathering() {
    gathering = true;
    return this;
  }

  void on(StreamEvent event) {
    gathered.add(event);
    if (gathering
        && event instanceof FrameArrived arrived
        && !packager.wakeRule().test(arrived.frame())) {
      return;
    }
    wakes++;
    gathered.forEach(each -> packager.on(each, nanos));
    gathered.clear();
  }

  /** Moves the clock as the loop of {@link StreamPackager} does. */
  private void at(long until) {
    while (packager.nextNanos() <= until) {
      nanos = Math.max(nanos, packager.nextNanos());
      packager.tick(nanos);
    }
    nanos = Math.max(nanos, until);
  }

  RecordedLog checked() {
    rules.check(log);
    FeedRules.check(ladder.records, log);
    checkRungs();
    return log;
  }

  /** A worker that read this feed has written the same segments. */
  private void checkRungs() {
    RecordedLog rungs = new RecordedLog(this::nanos);
    FakeWorker worker = new FakeWorker(rungs, 5);
    for (FeedRecord record : ladder.records) {
      if (record instanceof FeedRecord.Opened opened) {
        rungs.open(opened.path(), opened.epoch(), opened.targets());
      }
      worker.on(record);
    }
    LogRules each = new LogRules(targets).coarseGrid();
    each.check(rungs);
    for (String name : rungs.lines.keySet()) {
      each.checkMarks(rungs, name, FeedRules.marks(ladder.records), 60_000);
    }
  }

  @Override
  public void set(String code, String text) {
    warnings.put(code, text);
    warned.add(code);
  }

  @Override
  public void clear(String code) {
    warnings.remove(code);
  }

  /** A frame and when it arrives, microseconds from the start of {@link #play}. */
  record Timed(MediaType type, long arrivalUs, long dtsUs, long ptsUs, boolean key, Bytes data) {
    Frame frame(long nanos) {
      return new Frame(type, 0, dtsUs, ptsUs, key, data, nanos);
    }

    Timed later(long us) {
      return new Timed(type, arrivalUs, dtsUs + us, ptsUs + us, key, data);
    }

    Timed arriving(long us) {
      return new Timed(type, arrivalUs + us, dtsUs, ptsUs, key, data);
    }
  }
}
