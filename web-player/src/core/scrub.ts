/** The seek bar over the part of a live stream that the server still has. Seconds of media time. */
import type { Range } from './live-edge';

/** A window shorter than this is not worth a bar. */
const LEAST_WINDOW_SECONDS = 8;
/** Nearer to the live position than this is live. */
const LIVE_SECONDS = 1;

/**
 * What can be sought: from what will still be there in a moment to where playback at the target latency is.
 *
 * @param slack time after which the oldest media leaves the window
 */
export function seekWindow(media: Range, live: number | undefined, slack: number): Range | undefined {
  const start = media.start + slack;
  if (live === undefined || live - start < LEAST_WINDOW_SECONDS) return undefined;
  return { start, end: live };
}

export function fractionOf(time: number, { start, end }: Range): number {
  return Math.min(1, Math.max(0, (time - start) / (end - start)));
}

export function timeAt(fraction: number, { start, end }: Range): number {
  return start + Math.min(1, Math.max(0, fraction)) * (end - start);
}

export function isLive(time: number, window: Range): boolean {
  return time > window.end - LIVE_SECONDS;
}

/** "Live", "−0:07", "−12:30". */
export function offsetLabel(time: number, window: Range): string {
  if (isLive(time, window)) return 'Live';
  const behind = Math.round(window.end - time);
  return `−${Math.floor(behind / 60)}:${String(behind % 60).padStart(2, '0')}`;
}
