/**
 * Renditions that have no media at the moment: their encoder died, or was stopped because the machine has too much to do.
 * The server says so by gaps in the playlist (which an encoder that died can only do at the next segment), and before that
 * by not saying anything: a rendition that is late while another one goes on.
 */
import { isSource, type Rendition } from './quality';

export class Withdrawals {
  readonly #since = new Map<number, number>();
  /** How often a rendition was found without media since this began. */
  count = 0;

  has(index: number): boolean {
    return this.#since.has(index);
  }

  /** Those that were withdrawn longer ago than this. */
  olderThan(ms: number, nowMs: number): readonly number[] {
    return [...this.#since].filter(([, sinceMs]) => nowMs - sinceMs > ms).map(([index]) => index);
  }

  /** @return whether it was not withdrawn before */
  add(index: number, nowMs: number): boolean {
    if (this.#since.has(index)) return false;
    this.#since.set(index, nowMs);
    this.count++;
    return true;
  }

  /** @return whether it was withdrawn */
  remove(index: number): boolean {
    return this.#since.delete(index);
  }
}

/**
 * Where to go from a rendition without media: to the source where the line carries it (it needs no encoder), else to the
 * next smaller, else the next larger one. Undefined where nothing is left: then it is the publisher who is away.
 *
 * @param late the rendition stopped without a word: its encoder has died, and those of the other renditions with it
 */
export function refuge(all: readonly Rendition[], from: number, bandwidthBps: number, late: boolean): Rendition | undefined {
  const rest = all.filter((rendition) => rendition.index !== from && !rendition.withdrawn);
  const source = rest.findLast(isSource);
  if (source && (late || source.bitrateBps <= bandwidthBps * 0.8)) return source;
  return rest.findLast((rendition) => rendition.index < from) ?? rest.find((rendition) => rendition.index > from);
}

/** Silence of a playlist, in part targets, after which another one is asked whether it goes on. */
const LATE_PARTS = 1.6;
const LEAST_LATE_MS = 600;

export function isLate(silentMs: number, partTargetSeconds: number): boolean {
  return silentMs > Math.max(LEAST_LATE_MS, partTargetSeconds * 1000 * LATE_PARTS);
}
