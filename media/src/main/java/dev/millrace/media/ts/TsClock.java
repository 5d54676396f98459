package dev.millrace.media.ts;

/**
 * The two clocks of a transport stream (ISO/IEC 13818-1 §2.4.2.1, §2.4.3.7): PTS and DTS in 33 bits
 * of 90 kHz, the PCR in 300 times as many steps. Both are the timeline's microseconds modulo about
 * 26.5 hours, so that two writers of one timeline write the same.
 */
public final class TsClock {
  /** Ticks of the PCR a second. */
  public static final long PCR_HZ = 27_000_000;

  /** Ticks of the PCR in one of PTS and DTS. */
  public static final int PCR_PER_TICK = 300;

  /** PTS and DTS are told modulo this. */
  public static final long TICK_MODULUS = 1L << 33;

  /** The PCR is told modulo this. */
  public static final long PCR_MODULUS = TICK_MODULUS * PCR_PER_TICK;

  private static final int PCR_PER_US = 27;

  private TsClock() {}

  /** The PTS or DTS of a time, rounded. */
  public static long ticks(long us) {
    return Math.floorMod(Math.floorDiv(us * 9 + 50, 100), TICK_MODULUS);
  }

  /** A time in ticks of 27 MHz, not modulo anything. */
  static long pcrTicks(long us) {
    return us * PCR_PER_US;
  }

  /** A PCR as it is told. */
  static long pcr(long ticks) {
    return Math.floorMod(ticks, PCR_MODULUS);
  }

  /** The time that has these lowest 33 bits of 90 kHz and is nearest to another, in ticks. */
  public static long unwrap(long ticks, long near) {
    long half = TICK_MODULUS / 2;
    return near + Math.floorMod(ticks - near + half, TICK_MODULUS) - half;
  }
}
