package dev.millrace.server.config;

import dev.millrace.server.config.NodeConfig.Hls;
import java.time.Duration;

/** Checks the section {@code hls} as a whole. */
final class HlsSection {
  private HlsSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Hls read(Settings settings) {
    Duration segment = settings.get(ConfigKeys.HLS_SEGMENT_DURATION);
    Duration target = settings.get(ConfigKeys.HLS_TARGET_DURATION);
    Duration part = settings.get(ConfigKeys.HLS_PART_DURATION);
    NodeConfig.require(
        settings,
        ConfigKeys.HLS_TARGET_DURATION,
        target.toMillis() % 1000 == 0 && target.compareTo(segment) >= 0 && target.toSeconds() <= 60,
        "whole seconds, at most 60s and not less than hls.segment-duration");
    NodeConfig.require(
        settings, ConfigKeys.HLS_PART_DURATION, part.toMillis() >= 100, "at least 100ms");
    Hls hls = new Hls(segment, target, part, settings.get(ConfigKeys.HLS_WINDOW));
    NodeConfig.require(
        settings,
        ConfigKeys.HLS_SEGMENT_DURATION,
        segment.compareTo(part.multipliedBy(2)) >= 0,
        "at least two parts of hls.part-duration");
    NodeConfig.require(
        settings,
        ConfigKeys.HLS_WINDOW,
        hls.window().compareTo(target.multipliedBy(3)) >= 0 && hls.window().toHours() < 1,
        "at least three times hls.target-duration and less than 1h");
    return hls;
  }
}
