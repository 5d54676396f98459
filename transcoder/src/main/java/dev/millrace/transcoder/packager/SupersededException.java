package dev.millrace.transcoder.packager;

/** A newer session or writer owns the path at the sink: who gets this must stop writing. */
public final class SupersededException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final long newestEpoch;

  SupersededException(long newestEpoch) {
    super("a newer writer (epoch " + newestEpoch + ") owns the path", null, false, false);
    this.newestEpoch = newestEpoch;
  }

  /** Epoch or generation of the newer one. */
  public long newestEpoch() {
    return newestEpoch;
  }
}
