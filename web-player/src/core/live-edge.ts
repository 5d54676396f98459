/**
 * Where the playing position should be: small distances from the target latency are steered away by the playback rate
 * (hls.js' own control only speeds up, and leaves a player that came too close to the edge with a thin buffer for ever);
 * large ones, and holes that an absent publisher or a lost part leaves, are jumped.
 */
import type { PlayerConfig } from './config';

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  /** Playing position, seconds of media time, like all below. */
  readonly currentTime: number;
  /** What is buffered in all tracks, in ascending order. */
  readonly buffered: readonly Range[];
  /** Where playback at the target latency would be now; undefined while no live playlist is known. */
  readonly liveSync: number | undefined;
  /** How far behind the live edge the position is, and how far it should be. */
  readonly latency: number;
  readonly targetLatency: number;
  /** True where any media can be decoded from its segment's start (EXT-X-INDEPENDENT-SEGMENTS). */
  readonly independentSegments: boolean;
  /** The newest media of the playlist is a gap: there is nothing at the edge. */
  readonly gapAtEdge: boolean;
  /** The picture stands still though it should move. */
  readonly stalled: boolean;
}

export type Decision =
  | { readonly kind: 'stay' }
  | { readonly kind: 'jump'; readonly to: number; readonly reason: 'hole' | 'behind' };

const STAY: Decision = { kind: 'stay' };
/** Media ahead of the position that is less than this is as good as none. */
const EMPTY_SECONDS = 0.1;
/** Distance to the live edge that a starting picture skips, and media that must remain behind the skip. */
const SETTLE_SECONDS = 0.3;
/** Lands inside a range and not on its edge, where rounding would put the decoder before it. */
const INSIDE_SECONDS = 0.02;

export function decideJump(position: Position, config: PlayerConfig): Decision {
  return overHole(position, config) ?? toLiveEdge(position, config) ?? STAY;
}

/** The playback rate that steers towards the target latency, in steps of a hundredth. */
export function decideRate(position: Position, config: PlayerConfig): number {
  const { latency, targetLatency, liveSync } = position;
  const distance = latency - targetLatency;
  if (liveSync === undefined || !(Math.abs(distance) > config.rateDeadZoneSeconds)) return 1;
  const ahead = bufferAhead(position.currentTime, position.buffered);
  if (distance > 0 && ahead < config.minCatchUpBufferSeconds) return 1;
  const rate = 1 + distance * config.ratePerSecond;
  return Math.round(Math.min(config.maxRate, Math.max(config.minRate, rate)) * 100) / 100;
}

/** The live edge as far as it is buffered, for a picture that has just begun; undefined where it is not worth a jump. */
export function settlingPoint({ currentTime, buffered, liveSync }: Pick<Position, 'currentTime' | 'buffered' | 'liveSync'>): number | undefined {
  if (liveSync === undefined || liveSync - currentTime < SETTLE_SECONDS) return undefined;
  return buffered.some((range) => range.start <= currentTime && liveSync < range.end - SETTLE_SECONDS) ? liveSync : undefined;
}

/** Media ahead of the position without a break; 0 in a hole. */
export function bufferAhead(currentTime: number, buffered: readonly Range[]): number {
  const here = buffered.find((range) => range.start - EMPTY_SECONDS <= currentTime && currentTime < range.end);
  return here === undefined ? 0 : here.end - Math.max(currentTime, here.start);
}

function overHole(position: Position, config: PlayerConfig): Decision | undefined {
  if (!position.stalled || bufferAhead(position.currentTime, position.buffered) > EMPTY_SECONDS) return undefined;
  const next = position.buffered.findLast(
    (range) => range.start > position.currentTime && range.end - range.start >= config.minBeyondHoleSeconds,
  );
  return next && { kind: 'jump', to: within(next, position.liveSync), reason: 'hole' };
}

function toLiveEdge(position: Position, config: PlayerConfig): Decision | undefined {
  const { liveSync } = position;
  if (position.gapAtEdge || liveSync === undefined || liveSync <= position.currentTime) return undefined;
  if (position.latency <= position.targetLatency + config.seekBeyondSeconds) return undefined;
  const there = position.buffered.find((range) => range.start <= liveSync && liveSync <= range.end);
  if (there) return { kind: 'jump', to: liveSync, reason: 'behind' };
  // Before there is any media, hls.js is still choosing where to begin.
  const hasBegun = position.buffered.length > 0;
  const canLoadThere = hasBegun && position.independentSegments && position.latency > config.maxLatencySeconds;
  return canLoadThere ? { kind: 'jump', to: liveSync, reason: 'behind' } : undefined;
}

function within(range: Range, wanted: number | undefined): number {
  const first = range.start + INSIDE_SECONDS;
  return wanted === undefined ? first : Math.max(first, Math.min(wanted, range.end - EMPTY_SECONDS));
}
