package dev.millrace.media.cmaf;

import java.util.List;

/**
 * Which values of a fragment's samples are told once and which for each sample, and the sizes that
 * follow from that.
 *
 * @param count of samples
 * @param payloadSize sum of the samples' sizes
 * @param defaultDuration of all samples, unless {@code perSampleDuration}
 * @param defaultSize of all samples, unless {@code perSampleSize}
 * @param defaultFlags of all samples but perhaps the first, unless {@code perSampleFlags}
 */
record FragmentLayout(
    int count,
    int payloadSize,
    int defaultDuration,
    int defaultSize,
    int defaultFlags,
    boolean perSampleDuration,
    boolean perSampleSize,
    boolean firstSampleFlags,
    boolean perSampleFlags,
    boolean perSampleCompositionOffset) {
  static final int BOX_HEADER = 8;
  static final int FULL_BOX_HEADER = 12;
  static final int MFHD_SIZE = FULL_BOX_HEADER + 4;
  static final int TFDT_SIZE = FULL_BOX_HEADER + 8;

  /** §8.8.3.1: sample_depends_on 2 (on no other), a sync sample. */
  private static final int SYNC_FLAGS = 0x0200_0000;

  /** §8.8.3.1: sample_depends_on 1 (on others), sample_is_non_sync_sample. */
  private static final int NON_SYNC_FLAGS = 0x0101_0000;

  /**
   * Decides the layout.
   *
   * @throws IllegalArgumentException if there is no sample, or the fragment would not fit an array
   */
  static FragmentLayout of(List<Sample> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("a fragment needs at least one sample");
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    boolean sameDuration = true;
    boolean sameSize = true;
    boolean sameFlagsAfterFirst = true;
    boolean noOffset = true;
    long payload = 0;
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      payload += sample.data().length();
      sameDuration &= sample.duration() == first.duration();
      sameSize &= sample.data().length() == first.data().length();
      sameFlagsAfterFirst &= i == 0 || sample.sync() == last.sync();
      noOffset &= sample.compositionOffset() == 0;
    }
    if (payload > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException("a fragment of " + payload + " bytes, at most 2^30");
    }
    return new FragmentLayout(
        samples.size(),
        (int) payload,
        first.duration(),
        first.data().length(),
        flags(last),
        !sameDuration,
        !sameSize,
        sameFlagsAfterFirst && first.sync() != last.sync(),
        !sameFlagsAfterFirst,
        !noOffset);
  }

  static int flags(Sample sample) {
    return sample.sync() ? SYNC_FLAGS : NON_SYNC_FLAGS;
  }

  int tfhdSize() {
    int defaults = (perSampleDuration ? 0 : 1) + (perSampleSize ? 0 : 1) + (perSampleFlags ? 0 : 1);
    return FULL_BOX_HEADER + 4 + 4 * defaults;
  }

  int trunSize() {
    int fields =
        (perSampleDuration ? 1 : 0)
            + (perSampleSize ? 1 : 0)
            + (perSampleFlags ? 1 : 0)
            + (perSampleCompositionOffset ? 1 : 0);
    return FULL_BOX_HEADER + 8 + (firstSampleFlags ? 4 : 0) + 4 * fields * count;
  }

  int trafSize() {
    return BOX_HEADER + tfhdSize() + TFDT_SIZE + trunSize();
  }

  int moofSize() {
    return BOX_HEADER + MFHD_SIZE + trafSize();
  }

  int mdatSize() {
    return BOX_HEADER + payloadSize;
  }

  int totalSize() {
    return Math.addExact(moofSize(), mdatSize());
  }
}
