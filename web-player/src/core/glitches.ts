/** What a viewer would call a glitch, counted: the picture standing still, and holes in what is buffered. */
import type { Range } from './live-edge';

/** Counts the times in which the media element waits for media although it should play. Time is passed in. */
export class StallMeter {
  #count = 0;
  #totalMs = 0;
  #longestMs = 0;
  #sinceMs: number | undefined;

  begin(nowMs: number): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = nowMs;
    this.#count++;
  }

  end(nowMs: number): void {
    if (this.#sinceMs === undefined) return;
    const ms = nowMs - this.#sinceMs;
    this.#totalMs += ms;
    this.#longestMs = Math.max(this.#longestMs, ms);
    this.#sinceMs = undefined;
  }

  report(nowMs: number): { readonly count: number; readonly totalMs: number; readonly longestMs: number } {
    const now = this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs;
    return { count: this.#count, totalMs: this.#totalMs + now, longestMs: Math.max(this.#longestMs, now) };
  }
}

/** Seconds between ranges that are rounding of time scales and no hole; players pass over them. */
const ROUNDING_SECONDS = 0.03;

/** The holes between the ranges of one track, from a position on. */
export function holes(buffered: readonly Range[], from: number): Range[] {
  const found: Range[] = [];
  buffered.forEach((range, i) => {
    const next = buffered[i + 1];
    if (next && next.start > from && next.start - range.end > ROUNDING_SECONDS) found.push({ start: range.end, end: next.start });
  });
  return found;
}
