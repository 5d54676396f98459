package dev.millrace.server.config;

import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.ladder.LadderSettings.HevcPolicy;
import dev.millrace.transcoder.worker.EncoderPreference;
import java.time.Duration;
import java.util.List;

/** The section {@code transcode}: the ladder of renditions and the workers that make it. */
final class TranscodeKeys {
  static final ConfigKey<LadderChoice> LADDER =
      new ConfigKey<>(
          "transcode.ladder",
          ValueType.LADDER,
          LadderChoice.AUTO,
          """
          Renditions beside the source, for viewers on weaker lines. auto: those of transcode.table that are
          smaller and slower than the source; none: the source only, no encoding at all; or a list like
          [720p, 480p:1M, 360p], of which those larger than the source are left out.\
          """);
  static final ConfigKey<List<RungChoice>> TABLE =
      new ConfigKey<>(
          "transcode.table",
          ValueType.RUNGS,
          LadderSettings.DEFAULT_TABLE.stream().map(RungChoice::of).toList(),
          """
          Rungs to choose from: height:bitrate or height:bitrate:codec (h264, hevc, av1), or
          {height: 720, bitrate: 2800k, codec: h264}. The height is the smaller side of the picture.
          Below 480p a source of 50 or 60 frames a second is halved. hevc and av1 cost many times the work.\
          """);
  static final ConfigKey<EncoderPreference> ENCODER =
      new ConfigKey<>(
          "transcode.encoder",
          ValueType.oneOf(List.of(EncoderPreference.values())),
          EncoderPreference.AUTO,
          """
          H.264 encoder: auto, libx264, libopenh264, nvenc, vaapi or qsv. One that the machine does not have
          falls back to the next, with a line in the log. auto: hardware if there is, else libx264.\
          """);
  static final ConfigKey<Preset> PRESET =
      new ConfigKey<>(
          "transcode.preset",
          ValueType.oneOf(List.of(Preset.values())),
          Preset.VERYFAST,
          """
          Work that libx264 puts into a picture: ultrafast, superfast, veryfast, faster, fast, medium or slow.
          A slower one looks better at the same bit rate and needs a multiple of the processor.\
          """);
  static final ConfigKey<HevcPolicy> HEVC =
      new ConfigKey<>(
          "transcode.hevc",
          ValueType.oneOf(List.of(HevcPolicy.values())),
          HevcPolicy.H264,
          """
          What viewers get of an H.265 source. h264: an H.264 rendition of the same size in its place, because
          most browsers cannot play H.265; passthrough: the source as it is, for apps and televisions that can.\
          """);
  static final ConfigKey<List<Long>> AUDIO_BITRATES =
      new ConfigKey<>(
          "transcode.audio-bitrates",
          ValueType.BITRATES,
          LadderSettings.DEFAULT.audioBitratesBps(),
          """
          AAC renditions, stereo. A source that is AAC-LC stereo already takes the place of the first. The
          last one goes with the smallest picture and with sound alone.\
          """);
  static final ConfigKey<Integer> MAX_WORKERS =
      new ConfigKey<>(
          "transcode.max-workers",
          ValueType.integer("a number, 0 to 10000", 0, 10_000),
          0,
          """
          Streams that are encoded at once; further ones have the source only, with a warning.
          0: as many as there are processors.\
          """);
  static final ConfigKey<Integer> SPARE_WORKERS =
      new ConfigKey<>(
          "transcode.spare-workers",
          ValueType.integer("a number, 0 to 16", 0, 16),
          1,
          """
          Workers that a transcoder of a cluster has started before a stream asks for one, so that rungs
          miss a segment at most when a publisher or a worker moves here. Each takes about 100 MiB. A node
          without a cluster has none.\
          """);
  static final ConfigKey<Long> WORKER_MEMORY =
      new ConfigKey<>(
          "transcode.worker-memory",
          ValueType.SIZE,
          1L << 30,
          """
          Memory that the worker of one stream may use; beyond it the worker is replaced. 1080p needs about
          400MiB, 2160p about 1GiB. Watched on Linux only.\
          """);
  static final ConfigKey<Duration> POSTER_INTERVAL =
      new ConfigKey<>(
          "transcode.poster-interval",
          ValueType.DURATION,
          Duration.ofSeconds(5),
          "How often the still picture of a stream is renewed. 0s: no pictures, no storyboard.");

  static final List<ConfigKey<?>> ALL =
      List.of(
          LADDER,
          TABLE,
          ENCODER,
          PRESET,
          HEVC,
          AUDIO_BITRATES,
          MAX_WORKERS,
          SPARE_WORKERS,
          WORKER_MEMORY,
          POSTER_INTERVAL);

  private TranscodeKeys() {}
}
