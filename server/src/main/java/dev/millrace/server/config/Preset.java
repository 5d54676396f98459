package dev.millrace.server.config;

/** Presets of libx264 that a live stream can use. */
public enum Preset {
  ULTRAFAST,
  SUPERFAST,
  VERYFAST,
  FASTER,
  FAST,
  MEDIUM,
  SLOW
}
