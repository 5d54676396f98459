package dev.millrace.transcoder.packager;

/** Tells the wall time, microseconds since 1970, of a recent instant of the monotonic clock. */
@FunctionalInterface
interface WallClock {
  long usAt(long nanos);
}
