/** Everything that can be tuned about a player. Times end in Seconds or Ms, as hls.js and timers want them. */
export interface PlayerConfig {
  /**
   * Bounds of the playback rate by which the latency is steered to its target. 1.08 is not heard as a change of pitch
   * and recovers a second of delay in about twelve seconds; slower than 1 fills a buffer that has become thin.
   */
  readonly maxRate: number;
  readonly minRate: number;
  /** Change of the rate for each second of distance from the target latency. */
  readonly ratePerSecond: number;
  /** Distances smaller than this are left alone. */
  readonly rateDeadZoneSeconds: number;
  /** With less media than this ahead, the player does not catch up: it would run dry. */
  readonly minCatchUpBufferSeconds: number;
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
  /** While it plays: how often the server is asked what it encodes. */
  readonly factsMs: number;
  /** The source is not loaded again for new renditions more often than this. */
  readonly renewalMs: number;
  /** First and longest wait between attempts after a failure of network or server; it doubles in between. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** A request for stream facts that takes longer has failed. */
  readonly requestTimeoutMs: number;
  /**
   * Media kept behind the playing position; more only costs memory in live playback. Does not hold where segments may
   * begin without a key frame: browsers remove with a key frame all that depends on it, up to what is being played.
   */
  readonly backBufferSeconds: number;
  /** Entries kept in the list of events shown by the statistics and read by tests. */
  readonly maxEvents: number;
  /** Whole segments only, some 15 s behind, so that there is time to get them from other viewers. */
  readonly classic: boolean;
  /** Whether hls.js writes what it does to the console. */
  readonly debug: boolean;
}

export const DEFAULT_CONFIG: PlayerConfig = {
  maxRate: 1.08,
  minRate: 0.95,
  ratePerSecond: 0.1,
  rateDeadZoneSeconds: 0.1,
  minCatchUpBufferSeconds: 0.8,
  seekBeyondSeconds: 3,
  maxLatencySeconds: 12,
  minBeyondHoleSeconds: 0.4,
  stallMs: 700,
  stuckMs: 12_000,
  keyFrameWaitMs: 45_000,
  tickMs: 250,
  pollMs: 1_500,
  factsMs: 5_000,
  renewalMs: 30_000,
  retryFirstMs: 500,
  retryMaxMs: 8_000,
  requestTimeoutMs: 5_000,
  backBufferSeconds: 20,
  maxEvents: 200,
  classic: false,
  debug: false,
};

/** For the classic view: who is a segment or two off the target need not seek, and the target is further than 12 s. */
export const CLASSIC_CONFIG: PlayerConfig = {
  ...DEFAULT_CONFIG,
  classic: true,
  seekBeyondSeconds: 8,
  maxLatencySeconds: 40,
};
