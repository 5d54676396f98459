package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.testkit.Damage;
import dev.millrace.testkit.SharedMedia;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound through the pipeline: what comes out is decoded and laid over what went in. */
class AudioPathTest {
  private static final LadderPlan PLAN =
      new LadderPlan(
          List.of(),
          List.of(new AudioRung("audio-128k", 128_000), new AudioRung("audio-64k", 64_000)),
          "",
          false);

  /** Single frames that are lost are not filled: 15 ms may be left of it. */
  private static final int DRIFT = 720;

  @TempDir Path folder;
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, RecordedRung> rungs = new ConcurrentHashMap<>();

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_FATAL);
  }

  private void run(List<FeedRecord> records) {
    try (Pipeline pipeline =
        new Pipeline(
            PipelineSettings.DEFAULT.unhurried(),
            new Failure(),
            name -> rungs.computeIfAbsent(name, _ -> new RecordedRung()),
            new NoPictures(),
            events::add,
            () -> 0,
            System::nanoTime)) {
      records.forEach(pipeline::accept);
      pipeline.end();
    }
  }

  private RecordedRung rung(String name) {
    return Objects.requireNonNull(rungs.get(name));
  }

  @ParameterizedTest
  @CsvSource({
    "bbb_480p_gop2s.flv, 48000",
    "60fps_4slices_mono44k.flv, 44100",
    "bbb_854x480_24fps_5.1.mp4, 48000",
    "h264_aud_mp3.flv, 44100",
    "mdn_viper_41s.mp3, 44100"
  })
  void soundIsWhereItWasToTheSample(String name, int sampleRate) {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/" + name));
    assertUnmoved(feed, feed.audio(), feed.records(PLAN), sampleRate);
  }

  /** Encoders for HE-AAC are not at hand; one without anything in the upper half is AAC-LC. */
  @Test
  void highEfficiencyAacBecomesAacLcOfItsWholeRate() throws Exception {
    String source = "anoisesrc=sample_rate=22050:duration=8:seed=3,aformat=channel_layouts=stereo";
    FileFeed feed =
        Footage.made(folder.resolve("core.flv"), "-f", "lavfi", "-i", source, "-c:a", "aac");
    // AudioSpecificConfig: SBR (5), core 22.05 kHz (7), stereo, extended 44.1 kHz (4), AAC-LC (2).
    Track.Audio track = Tracks.aac(0, Bytes.fromHex("2b920800"));
    assertThat(track.codecs()).isEqualTo("mp4a.40.5");
    List<FeedRecord> records =
        feed.records(PLAN).stream()
            .map(
                record ->
                    record instanceof FeedRecord.Tracks
                        ? new FeedRecord.Tracks(List.of(track), 0, PLAN)
                        : record)
            .toList();
    assertUnmoved(feed, track, records, 44_100);
  }

  private void assertUnmoved(
      FileFeed feed, Track.Audio source, List<FeedRecord> records, int sampleRate) {
    run(records);

    long originUs = originUs(records);
    for (String rung : List.of("audio-128k", "audio-64k")) {
      List<Frame> units = rung(rung).frames;
      Track.Audio track = (Track.Audio) rung(rung).tracks.getLast();
      assertThat(track.codecs()).isEqualTo("mp4a.40.2");
      assertThat(track.channels()).isEqualTo(2);
      assertThat(track.sampleRate()).isEqualTo(sampleRate);
      assertThat(rung(rung).ended).isTrue();
      for (int i = 0; i < units.size(); i++) {
        assertThat(units.get(i).ptsUs() - originUs)
            .isEqualTo(Math.round(i * 1024L * 1e6 / sampleRate));
      }
      float[] in = decoded(source, feed.frames(MediaType.AUDIO), originUs, sampleRate);
      float[] out = decoded(track, units, originUs, sampleRate);
      assertThat(out.length).isBetween(in.length, in.length + 2 * 1024);
      assertThat(bestLag(in, out)).isZero();
    }
    assertThat(bitsPerSecond(rung("audio-64k"))).isLessThan(bitsPerSecond(rung("audio-128k")));
  }

  @Test
  void holesInTheSoundAreSilentAndLaterSoundIsInItsPlace() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    List<FeedRecord> records = new ArrayList<>();
    long originUs = originUs(feed.records(PLAN));
    for (FeedRecord record : feed.records(PLAN)) {
      boolean lost =
          record instanceof FeedRecord.Media(Frame frame)
              && frame.type() == MediaType.AUDIO
              && (between(frame.dtsUs() - originUs, 5_000_000, 6_000_000)
                  || between(frame.dtsUs() - originUs, 10_000_000, 14_000_000));
      if (!lost) {
        records.add(record);
      }
    }
    run(records);

    RecordedRung rung = rung("audio-128k");
    Track.Audio track = (Track.Audio) rung.tracks.getLast();
    float[] in = decoded(feed.audio(), feed.frames(MediaType.AUDIO), originUs, 48_000);
    float[] out = decoded(track, rung.frames, originUs, 48_000);
    assertThat(bestLag(in, out)).as("times are told in milliseconds").isBetween(-48, 48);
    assertThat(loudness(out, 5.1, 5.9)).isLessThan(0.001);
    assertThat(loudness(out, 6.2, 7)).isGreaterThan(0.001);
    List<Frame> late =
        rung.frames.stream()
            .filter(unit -> between(unit.ptsUs() - originUs, 10_200_000, 13_800_000))
            .toList();
    assertThat(late).as("a long hole is left to the packager").isEmpty();
  }

  @Test
  void soundThatCannotBeDecodedIsSilentAndToldOnce() {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    long originUs = originUs(feed.records(PLAN));
    List<FeedRecord> records =
        feed.records(PLAN).stream()
            .map(
                record ->
                    record instanceof FeedRecord.Media(Frame frame)
                            && frame.type() == MediaType.AUDIO
                            && between(frame.dtsUs() - originUs, 5_000_000, 6_000_000)
                        ? new FeedRecord.Media(cut(frame))
                        : record)
            .toList();
    run(records);

    assertThat(events)
        .singleElement()
        .asString()
        .startsWith("the source's audio is damaged at")
        .contains("silence is in its place");
    Track.Audio track = (Track.Audio) rung("audio-128k").tracks.getLast();
    float[] in = decoded(feed.audio(), feed.frames(MediaType.AUDIO), originUs, 48_000);
    float[] out = decoded(track, rung("audio-128k").frames, originUs, 48_000);
    assertThat(bestLag(in, out)).as("times are told in milliseconds").isBetween(-48, 48);
    assertThat(loudness(out, 5.2, 5.8)).isLessThan(0.001);
  }

  private static Frame cut(Frame frame) {
    return new Frame(
        frame.type(), 0, frame.dtsUs(), frame.ptsUs(), true, frame.data().slice(0, 9), 0);
  }

  /** Among what damaged AAC decodes to are layouts that no resampler takes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 104})
  void damagedSoundIsToldOnceAndWhatComesAfterItIsInItsPlace(long seed) {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    long originUs = originUs(feed.records(PLAN));
    Random random = new Random(seed);
    List<FeedRecord> records =
        feed.records(PLAN).stream()
            .map(
                record ->
                    record instanceof FeedRecord.Media(Frame frame)
                            && frame.type() == MediaType.AUDIO
                            && between(frame.dtsUs() - originUs, 4_000_000, 8_000_000)
                            && random.nextBoolean()
                        ? new FeedRecord.Media(damaged(frame, random))
                        : record)
            .toList();
    run(records);

    assertThat(events).singleElement().asString().contains("the source's audio is damaged at 4");
    RecordedRung rung = rung("audio-128k");
    float[] in = decoded(feed.audio(), feed.frames(MediaType.AUDIO), originUs, 48_000);
    float[] out = decoded((Track.Audio) rung.tracks.getLast(), rung.frames, originUs, 48_000);
    assertThat(out.length).isBetween(in.length - 1024, in.length + 2 * 1024);
    int from = 9 * 48_000;
    assertThat(
            bestLag(
                Arrays.copyOfRange(in, from, in.length), Arrays.copyOfRange(out, from, in.length)))
        .as("samples that sound is off after the damage")
        .isBetween(-DRIFT, DRIFT);
  }

  private static Frame damaged(Frame frame, Random random) {
    Damage[] all = Damage.values();
    byte[] data = all[random.nextInt(all.length)].apply(frame.data().toArray(), 0, random);
    return new Frame(
        frame.type(),
        frame.trackId(),
        frame.dtsUs(),
        frame.ptsUs(),
        frame.key(),
        Bytes.wrap(data),
        frame.arrivalNanos());
  }

  private static boolean between(long value, long from, long to) {
    return value >= from && value < to;
  }

  private static long originUs(List<FeedRecord> records) {
    return records.stream()
        .filter(FeedRecord.Mark.class::isInstance)
        .map(record -> ((FeedRecord.Mark) record).mark().originUs())
        .findFirst()
        .orElseThrow();
  }

  private static double bitsPerSecond(RecordedRung rung) {
    return rung.frames.stream().mapToLong(unit -> unit.data().length()).sum()
        * 8.0
        / rung.frames.size();
  }

  /** The left channel on the media's time. */
  private static float[] decoded(
      Track.Audio track, List<Frame> frames, long originUs, int sampleRate) {
    int codec = track.codec() == Track.AudioCodec.AAC ? AV_CODEC_ID_AAC : AV_CODEC_ID_MP3;
    long lastUs = frames.getLast().ptsUs() - originUs;
    float[] sound = new float[(int) ((lastUs + 100_000) * sampleRate / 1_000_000)];
    int[] end = new int[1];
    long[] next = {Long.MIN_VALUE / 2};
    try (Decoder decoder = new Decoder(codec, track.configuration(), context -> {});
        Resampler resampler = new Resampler(sampleRate)) {
      for (Frame frame : frames) {
        decoder.decode(
            frame.data(),
            frame.dtsUs(),
            frame.ptsUs(),
            true,
            decoded -> {
              long told = Math.round((decoded.pts() - originUs) * (sampleRate / 1e6));
              told -= resampler.delay();
              // Whole milliseconds in FLV: the count is better.
              long at = Math.abs(told - next[0]) < 200 ? next[0] : told;
              float[] left = resampler.convert(decoded).left();
              for (int i = 0; i < left.length; i++) {
                if (at + i >= 0 && at + i < sound.length) {
                  sound[(int) (at + i)] = left[i];
                  end[0] = (int) Math.max(end[0], at + i + 1);
                }
              }
              next[0] = at + left.length;
            });
      }
    }
    return Arrays.copyOf(sound, end[0]);
  }

  /** By how many samples the second must be moved to fit the first best. */
  private static int bestLag(float[] in, float[] out) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    int from = in.length / 3;
    int to = Math.min(in.length, out.length) - 2_000;
    for (int lag = -100; lag <= 100; lag++) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += in[i] * out[i + lag];
      }
      if (sum > most) {
        most = sum;
        best = lag;
      }
    }
    return best;
  }

  private static double loudness(float[] sound, double fromS, double toS) {
    double sum = 0;
    int from = (int) (fromS * 48_000);
    int to = (int) (toS * 48_000);
    for (int i = from; i < to; i++) {
      sum += sound[i] * sound[i];
    }
    return Math.sqrt(sum / (to - from));
  }
}
