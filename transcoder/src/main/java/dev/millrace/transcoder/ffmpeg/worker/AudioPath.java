package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.log.SegmentMark;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * From the feed's audio to the encoded audio renditions: decodes once, makes stereo of it, keeps it
 * on the media's time and encodes it at each bit rate. Runs on a thread of its own, so that video
 * under load does not hold up sound. Owns decoder, resampler and encoders.
 */
final class AudioPath implements Stage.Work<AudioPath.Item> {
  /** What comes out of the feed, in its order. */
  sealed interface Item {
    record Tracks(Optional<Track.Audio> track, List<AudioRung> plan, boolean video)
        implements Item {}

    record Mark(SegmentMark mark) implements Item {}

    record Media(Frame frame) implements Item {}

    /** Video of this session time has come. */
    record Clock(long sessionUs) implements Item {}
  }

  private static final long NONE = Long.MIN_VALUE;

  /** A track this far behind the other has stopped. */
  private static final long STOPPED_US = 1_000_000;

  /** Sound that begins at most this long after its segment begins with it, in silence. */
  private static final long LATE_START_US = 500_000;

  private static final int MAX_EARLY = 1_000;

  /**
   * Refused frames in a row after which the decoder is opened anew: damage can leave FFmpeg's AAC
   * decoder with a layout of channels that no later frame fits.
   */
  private static final int REOPEN = 5;

  private final Function<String, RungSink> renditions;
  private final DamageReport damage;
  private final Map<String, RungSink> sinks = new HashMap<>();

  /** Marks that came before there was anything to do. */
  private final Deque<SegmentMark> early = new ArrayDeque<>();

  private Optional<Track.Audio> track = Optional.empty();
  private List<AudioRung> plan = List.of();
  private boolean video;
  private int refusedInARow;
  private @Nullable Decoder decoder;
  private @Nullable Resampler resampler;
  private AudioTimeline timeline = new AudioTimeline(48_000);
  private int sampleRate = 48_000;
  private @Nullable AudioLane lane;
  private @Nullable SegmentMark mark;
  private long videoUs = NONE;
  private long encodedUs = NONE;

  /** Written by the stage's thread only. */
  private volatile long decodedFrames;

  AudioPath(Function<String, RungSink> renditions, Consumer<String> events) {
    this.renditions = renditions;
    this.damage = new DamageReport(events);
  }

  /** Blocks of sound decoded. Any thread. */
  long decodedFrames() {
    return decodedFrames;
  }

  @Override
  public void accept(Item item) {
    switch (item) {
      case Item.Tracks(Optional<Track.Audio> newTrack, List<AudioRung> rungs, boolean hasVideo) -> {
        video = hasVideo;
        tracks(newTrack, rungs);
      }
      case Item.Mark(SegmentMark next) -> mark(next);
      case Item.Media(Frame frame) -> media(frame);
      case Item.Clock(long sessionUs) -> {
        videoUs = sessionUs;
        progress();
      }
    }
  }

  private void tracks(Optional<Track.Audio> newTrack, List<AudioRung> rungs) {
    if (newTrack.equals(track) && rungs.equals(plan)) {
      return;
    }
    endLane();
    timeline.reset();
    if (!newTrack.equals(track)) {
      closeDecoder();
      newTrack.ifPresent(this::openDecoder);
      timeline = new AudioTimeline(sampleRate);
      track = newTrack;
    }
    plan = rungs;
    List<String> names = rungs.stream().map(AudioRung::name).toList();
    sinks.keySet().stream().filter(name -> !names.contains(name)).toList().forEach(this::endSink);
    for (String name : names) {
      if (!sinks.containsKey(name)) {
        RungSink sink = renditions.apply(name);
        sinks.put(name, sink);
        early.forEach(sink::mark);
      }
    }
    if (!sinks.isEmpty()) {
      early.clear();
    }
  }

  private void openDecoder(Track.Audio audio) {
    int codec =
        switch (audio.codec()) {
          case AAC -> AV_CODEC_ID_AAC;
          case MP3 -> AV_CODEC_ID_MP3;
        };
    decoder = new Decoder(codec, audio.configuration(), context -> context.thread_count(1));
    sampleRate = audio.sampleRate() == 44_100 ? 44_100 : 48_000;
    resampler = new Resampler(sampleRate);
  }

  private void mark(SegmentMark next) {
    if (mark == null || !next.media() || mark.section() != next.section()) {
      endLane();
      timeline.reset();
      videoUs = NONE;
      encodedUs = NONE;
    }
    mark = next;
    if (sinks.isEmpty()) {
      early.add(next);
    }
    if (early.size() > MAX_EARLY) {
      early.remove();
    }
    sinks.values().forEach(sink -> sink.mark(next));
  }

  private void media(Frame frame) {
    if (decoder != null && !plan.isEmpty()) {
      decoder.decode(frame.data(), frame.dtsUs(), frame.ptsUs(), true, this::decoded);
      long refusals = resampler == null ? 0 : resampler.refusals();
      boolean refused = damage.grown(decoder.errors() + refusals);
      refusedInARow = refused ? refusedInARow + 1 : 0;
      if (refused) {
        damage.sound(frame.ptsUs());
      }
      if (refusedInARow >= REOPEN) {
        closeDecoder();
        track.ifPresent(this::openDecoder);
      }
      progress();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void decoded(AVFrame frame) {
    decodedFrames++;
    SegmentMark open = mark;
    Resampler converter = resampler;
    if (open == null || !open.media() || converter == null) {
      return;
    }
    long at = samples(frame.pts() - open.originUs()) - converter.delay();
    Sound sound = converter.convert(frame);
    if (sound.length() == 0) {
      return;
    }
    AudioTimeline.Placing placing = timeline.place(at, sound.length(), start(open, at));
    if (placing.anew()) {
      endLane();
      lane =
          new AudioLane(
              sampleRate,
              open.originUs(),
              timeline.next() - placing.silence() - placing.length(),
              plan,
              plan.stream().map(rung -> sink(rung.name())).toList());
    }
    if (lane != null) {
      lane.write(Sound.silence(placing.silence()));
      lane.write(sound.from(placing.skip(), placing.length()));
    }
  }

  /** Access units begin at the same times whatever writer makes them, and with the segment. */
  private long start(SegmentMark open, long at) {
    long border = samples(open.mediaUs());
    boolean late = at >= border && at - border <= samples(LATE_START_US);
    long from = Math.max(0, late ? border : at);
    return from - from % AudioEncoder.SAMPLES;
  }

  private long samples(long durationUs) {
    return Math.round(durationUs * (sampleRate / 1e6));
  }

  private RungSink sink(String name) {
    RungSink sink = sinks.get(name);
    if (sink == null) {
      throw new IllegalStateException("no rendition " + name);
    }
    return sink;
  }

  /** Everything before the slower of audio and video has come, unless one of them has stopped. */
  private void progress() {
    if (lane != null) {
      encodedUs = lane.encodedUntilUs();
    }
    long untilUs = encodedUs;
    if (video && videoUs != NONE) {
      long both = encodedUs == NONE ? NONE : Math.min(encodedUs, videoUs);
      untilUs = Math.max(both, Math.max(encodedUs, videoUs) - STOPPED_US);
    } else if (video && encodedUs != NONE) {
      untilUs = encodedUs - STOPPED_US;
    }
    if (untilUs != NONE) {
      for (RungSink sink : sinks.values()) {
        sink.progress(untilUs);
      }
    }
  }

  private void endLane() {
    if (lane != null) {
      lane.finish();
      lane.close();
      lane = null;
    }
  }

  private void endSink(String name) {
    RungSink sink = sinks.remove(name);
    if (sink != null) {
      sink.end();
    }
  }

  private void closeDecoder() {
    damage.reset();
    refusedInARow = 0;
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
    if (resampler != null) {
      resampler.close();
      resampler = null;
    }
  }

  @Override
  public void discard(Item item) {}

  @Override
  public void finish() {
    endLane();
    List.copyOf(sinks.keySet()).forEach(this::endSink);
  }

  @Override
  public void close() {
    if (lane != null) {
      lane.close();
      lane = null;
    }
    closeDecoder();
  }
}
