package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.InitSegment;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of sound without a break, cut into access units that begin at multiples of {@link
 * AudioEncoder#SAMPLES} of the section's media time, and encoded at each rung's bit rate. Owns the
 * encoders and a frame; close order: encoders, frame. One thread.
 */
final class AudioLane implements AutoCloseable {
  private static final int SAMPLES = AudioEncoder.SAMPLES;

  private record Rung(AudioEncoder encoder, RungSink sink) {}

  private final int sampleRate;
  private final long originUs;
  private final long start;
  private final List<Rung> rungs = new ArrayList<>();
  private final AVFrame frame = AvError.present(av_frame_alloc(), "allocate a frame");
  private final float[] left = new float[SAMPLES];
  private final float[] right = new float[SAMPLES];
  private int filled;
  private long next;
  private long encodedUntil;

  /**
   * @param originUs session time of media time 0
   * @param start number of the first sample; a multiple of {@link AudioEncoder#SAMPLES}
   * @param sinks those of the rungs, in their order
   */
  AudioLane(int sampleRate, long originUs, long start, List<AudioRung> plan, List<RungSink> sinks) {
    this.sampleRate = sampleRate;
    this.originUs = originUs;
    this.start = start;
    this.next = start;
    this.encodedUntil = start;
    for (int i = 0; i < plan.size(); i++) {
      AudioRung rung = plan.get(i);
      AudioEncoder encoder = new AudioEncoder(sampleRate, rung.bitrateBps());
      rungs.add(new Rung(encoder, sinks.get(i)));
      Track.Audio track = Tracks.aac(0, encoder.configuration());
      sinks.get(i).describe(track, description(rung, track));
    }
  }

  private static RenditionDescription description(AudioRung rung, Track.Audio track) {
    Bytes init = InitSegment.write(track);
    return new RenditionDescription(
        rung.name(),
        MediaType.AUDIO,
        track.codecs(),
        0,
        0,
        0,
        track.channels(),
        track.sampleRate(),
        rung.bitrateBps(),
        FileName.Init.of(init).toString(),
        init);
  }

  /** Session time of the end of what is encoded. */
  long encodedUntilUs() {
    return sessionUs(encodedUntil);
  }

  private long sessionUs(long sample) {
    return originUs + Math.round(sample * 1e6 / sampleRate);
  }

  /** Takes the next samples. */
  void write(Sound sound) {
    int at = 0;
    while (at < sound.length()) {
      int count = Math.min(sound.length() - at, SAMPLES - filled);
      System.arraycopy(sound.left(), at, left, filled, count);
      System.arraycopy(sound.right(), at, right, filled, count);
      filled += count;
      at += count;
      if (filled == SAMPLES) {
        encode();
      }
    }
  }

  private void encode() {
    frame.nb_samples(SAMPLES).sample_rate(sampleRate).format(AV_SAMPLE_FMT_FLTP);
    av_channel_layout_default(frame.ch_layout(), 2);
    AvError.check(av_frame_get_buffer(frame, 0), "allocate sound");
    new FloatPointer(frame.data(0)).put(left);
    new FloatPointer(frame.data(1)).put(right);
    frame.pts(next);
    next += SAMPLES;
    filled = 0;
    rungs.forEach(rung -> send(rung, frame));
    av_frame_unref(frame);
  }

  private void send(Rung rung, @Nullable AVFrame samples) {
    rung.encoder().send(samples);
    for (AudioEncoder.Encoded unit = rung.encoder().receive();
        unit != null;
        unit = rung.encoder().receive()) {
      if (unit.at() >= start) { // before it is the encoder's own silence
        long atUs = sessionUs(unit.at());
        rung.sink().frame(new Frame(MediaType.AUDIO, 0, atUs, atUs, true, unit.data(), 0));
        encodedUntil = Math.max(encodedUntil, unit.at() + SAMPLES);
      }
    }
  }

  /** Encodes what is left, with silence up to the end of its access unit. Nothing may follow. */
  void finish() {
    if (filled > 0) {
      write(Sound.silence(SAMPLES - filled));
    }
    rungs.forEach(rung -> send(rung, null));
  }

  @Override
  public void close() {
    rungs.forEach(rung -> rung.encoder().close());
    av_frame_free(frame);
  }
}
