package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.VideoRung;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a video encoder is asked for.
 *
 * @param preset of libx264; other encoders get what comes closest
 * @param frameRate frames a second that the rung is expected to have
 * @param threads the encoder may use
 */
record EncoderSettings(VideoRung rung, String preset, double frameRate, int threads) {
  /** The peak may be this much above the target. */
  private static final double PEAK = 1.15;

  /** From slow to fast, with SVT-AV1's number for a comparable speed. */
  private static final Map<String, Integer> SVT_PRESETS =
      Map.of(
          "veryslow", 5,
          "slower", 6,
          "slow", 7,
          "medium", 8,
          "fast", 9,
          "faster", 10,
          "veryfast", 10,
          "superfast", 11,
          "ultrafast", 12);

  long maxRateBps() {
    return Math.round(rung.bitrateBps() * PEAK);
  }

  /** The buffer that the peak is held by: about a second. */
  int bufferBits() {
    return (int) Math.min(rung.bitrateBps(), Integer.MAX_VALUE);
  }

  /** Private options of the encoder of this name. */
  Map<String, String> options(String encoder) {
    Map<String, String> options = new TreeMap<>();
    switch (encoder) {
      case "libx264" -> {
        options.put("preset", preset);
        options.put("tune", "zerolatency");
        options.put("forced-idr", "1");
        options.put("x264-params", "scenecut=0:keyint=infinite:open-gop=0");
      }
      case "libx265" -> {
        options.put("preset", preset);
        options.put("tune", "zerolatency");
        options.put("forced-idr", "1");
        options.put(
            "x265-params",
            "log-level=error:scenecut=0:keyint=-1:open-gop=0:bframes=0"
                // Threads of frames would each hold one back; those of the pool do not.
                + ":frame-threads=1:pools="
                + threads);
      }
      case "libsvtav1" -> {
        options.put("preset", String.valueOf(SVT_PRESETS.getOrDefault(preset, 10)));
        options.put(
            "svtav1-params",
            "pred-struct=1:rc=2:lookahead=0:scd=0:keyint=-1:force-key-frames=1:lp=" + threads);
      }
      case "libopenh264" -> options.put("allow_skip_frames", "0");
      default -> hardware(encoder, options);
    }
    return options;
  }

  /** Not tried on such hardware here: the options are those of FFmpeg's documentation. */
  private static void hardware(String encoder, Map<String, String> options) {
    if (encoder.endsWith("_nvenc")) {
      options.put("preset", "p4");
      options.put("tune", "ull");
      options.put("rc", "cbr");
      options.put("zerolatency", "1");
      options.put("forced-idr", "1");
      options.put("no-scenecut", "1");
      options.put("delay", "0");
    } else if (encoder.endsWith("_qsv")) {
      options.put("async_depth", "1");
      options.put("forced_idr", "1");
    } else if (encoder.endsWith("_vaapi")) {
      options.put("async_depth", "1");
      options.put("idr_interval", "0");
    }
  }

  /** The encoders to be tried for a codec, in this order. */
  static List<String> candidates(VideoRung.Codec codec, String preference) {
    String wanted = preference.toLowerCase(Locale.ROOT);
    List<String> software =
        switch (codec) {
          case H264 -> List.of("libx264", "libopenh264");
          case HEVC -> List.of("libx265");
          case AV1 -> List.of("libsvtav1");
        };
    String family = codec.name().toLowerCase(Locale.ROOT);
    List<String> hardware =
        switch (wanted) {
          case "auto" -> List.of("nvenc", "vaapi", "qsv");
          case "nvenc", "vaapi", "qsv" -> List.of(wanted);
          default -> List.of();
        };
    List<String> first =
        wanted.equals("libopenh264") && codec == VideoRung.Codec.H264
            ? List.of(wanted)
            : hardware.stream().map(api -> family + "_" + api).toList();
    return java.util.stream.Stream.concat(first.stream(), software.stream()).distinct().toList();
  }
}
