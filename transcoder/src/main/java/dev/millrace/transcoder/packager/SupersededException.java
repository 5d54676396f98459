package dev.millrace.transcoder.packager;

/** A newer session owns the path at the sink: this packager must stop writing. */
final class SupersededException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final long newestEpoch;

  SupersededException(long newestEpoch) {
    super("a newer session (epoch " + newestEpoch + ") owns the path", null, false, false);
    this.newestEpoch = newestEpoch;
  }

  long newestEpoch() {
    return newestEpoch;
  }
}
