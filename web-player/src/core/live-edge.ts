/**
 * Where the playing position should be. hls.js nudges the rate within a target duration of the live edge; this decides
 * the jumps: over a hole (the publisher was away, a part was lost) and back to the edge when far behind.
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
  /** The picture stands still though it should move. */
  readonly stalled: boolean;
}

export type Decision =
  | { readonly kind: 'stay' }
  | { readonly kind: 'jump'; readonly to: number; readonly reason: 'hole' | 'behind' };

const STAY: Decision = { kind: 'stay' };
/** Media ahead of the position that is less than this is as good as none. */
const EMPTY_SECONDS = 0.1;
/** Lands inside a range and not on its edge, where rounding would put the decoder before it. */
const INSIDE_SECONDS = 0.02;

export function decideJump(position: Position, config: PlayerConfig): Decision {
  return overHole(position, config) ?? toLiveEdge(position, config) ?? STAY;
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
  if (liveSync === undefined || liveSync <= position.currentTime) return undefined;
  if (position.latency <= position.targetLatency + config.seekBeyondSeconds) return undefined;
  const there = position.buffered.find((range) => range.start <= liveSync && liveSync <= range.end);
  if (there) return { kind: 'jump', to: liveSync, reason: 'behind' };
  const canLoadThere = position.independentSegments && position.latency > config.maxLatencySeconds;
  return canLoadThere ? { kind: 'jump', to: liveSync, reason: 'behind' } : undefined;
}

function within(range: Range, wanted: number | undefined): number {
  const first = range.start + INSIDE_SECONDS;
  return wanted === undefined ? first : Math.max(first, Math.min(wanted, range.end - EMPTY_SECONDS));
}
