package dev.millrace.server.config;

import dev.millrace.server.config.NodeConfig.Transcode;
import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.ladder.RungSetting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/** Checks the section {@code transcode} as a whole. */
final class TranscodeSection {
  private static final long LEAST_MEMORY = 64L << 20;
  private static final long LEAST_AUDIO_BPS = 16_000;
  private static final long MOST_AUDIO_BPS = 512_000;

  private TranscodeSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Transcode read(Settings settings) {
    NodeConfig.require(
        settings,
        TranscodeKeys.WORKER_MEMORY,
        settings.get(TranscodeKeys.WORKER_MEMORY) >= LEAST_MEMORY,
        "at least 64MiB, which an empty worker needs already");
    Duration posters = settings.get(TranscodeKeys.POSTER_INTERVAL);
    NodeConfig.require(
        settings,
        TranscodeKeys.POSTER_INTERVAL,
        posters.isZero() || posters.toMillis() >= 1000,
        "0s or at least 1s");
    return new Transcode(
        ladder(settings),
        settings.get(TranscodeKeys.ENCODER),
        settings.get(TranscodeKeys.PRESET),
        settings.get(TranscodeKeys.MAX_WORKERS),
        settings.get(TranscodeKeys.SPARE_WORKERS),
        settings.get(TranscodeKeys.WORKER_MEMORY),
        posters);
  }

  private static LadderSettings ladder(Settings settings) {
    List<RungSetting> table = new ArrayList<>();
    for (RungChoice rung : settings.get(TranscodeKeys.TABLE)) {
      table.add(
          rung.in(List.of())
              .orElseThrow(
                  () ->
                      new ConfigException(
                          settings.place(TranscodeKeys.TABLE)
                              + " has "
                              + rung.text()
                              + " without a bit rate, expected for example "
                              + rung.text()
                              + ":2M")));
    }
    table.sort(Comparator.comparingInt(RungSetting::height).reversed());
    LadderChoice choice = settings.get(TranscodeKeys.LADDER);
    List<RungSetting> list = new ArrayList<>();
    for (RungChoice rung : choice.rungs()) {
      list.add(
          rung.in(table)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          settings.place(TranscodeKeys.LADDER)
                              + " has "
                              + rung.text()
                              + ", which is not in transcode.table, expected a rung of the table or"
                              + " one with a bit rate like "
                              + rung.text()
                              + ":2M")));
    }
    return new LadderSettings(
        choice.mode(), table, list, settings.get(TranscodeKeys.HEVC), audioBitrates(settings));
  }

  private static List<Long> audioBitrates(Settings settings) {
    List<Long> bitrates = settings.get(TranscodeKeys.AUDIO_BITRATES);
    boolean sound =
        bitrates.stream().allMatch(bps -> bps >= LEAST_AUDIO_BPS && bps <= MOST_AUDIO_BPS)
            && bitrates.stream().allMatch(bps -> bps % 1000 == 0)
            && new HashSet<>(bitrates).size() == bitrates.size();
    NodeConfig.require(
        settings,
        TranscodeKeys.AUDIO_BITRATES,
        sound,
        "different bit rates of 16k to 512k, whole k");
    return bitrates.stream().sorted(Comparator.reverseOrder()).toList();
  }
}
