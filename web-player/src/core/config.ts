/** Everything that can be tuned about a player. Times end in Seconds or Ms, as hls.js and timers want them. */
export interface PlayerConfig {
  /**
   * Highest playback rate used to catch up with the live edge. 1.08 is not heard as a change of pitch and recovers
   * a second of delay in about twelve seconds.
   */
  readonly maxCatchUpRate: number;
  /**
   * Distance beyond the target latency (PART-HOLD-BACK) at which catching up by rate would take too long and the
   * player seeks to the live edge, if the media is there.
   */
  readonly seekBeyondSeconds: number;
  /** Latency at which the player seeks to the live edge even though that media must still be loaded. */
  readonly maxLatencySeconds: number;
  /** Media that must be buffered behind a hole before the player jumps over it. */
  readonly minBeyondHoleSeconds: number;
  /** No advance of the picture for this long, while it should move, is a stall. */
  readonly stallMs: number;
  /** A stall or an empty picture this long, while the server says that the stream is live, loads the source again. */
  readonly stuckMs: number;
  /** As stuckMs, where the stream has key frames so seldom that waiting for one is normal. */
  readonly keyFrameWaitMs: number;
  /** How often position and buffer are looked at. */
  readonly tickMs: number;
  /** While a stream is away, ended or not started: how often the server is asked for it. */
  readonly pollMs: number;
  /** First and longest wait between attempts after a failure of network or server; it doubles in between. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** A request for stream facts that takes longer has failed. */
  readonly requestTimeoutMs: number;
  /** Media kept behind the playing position; more only costs memory in live playback. */
  readonly backBufferSeconds: number;
  /** Entries kept in the list of events shown by the statistics and read by tests. */
  readonly maxEvents: number;
}

export const DEFAULT_CONFIG: PlayerConfig = {
  maxCatchUpRate: 1.08,
  seekBeyondSeconds: 3,
  maxLatencySeconds: 12,
  minBeyondHoleSeconds: 0.4,
  stallMs: 700,
  stuckMs: 12_000,
  keyFrameWaitMs: 45_000,
  tickMs: 250,
  pollMs: 1_500,
  retryFirstMs: 500,
  retryMaxMs: 8_000,
  requestTimeoutMs: 5_000,
  backBufferSeconds: 20,
  maxEvents: 200,
};
