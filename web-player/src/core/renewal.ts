/**
 * hls.js reads the multivariant playlist once. Renditions that begin later (an encoder that started late, or came back
 * after the page was opened) can be had only by loading the source again, which takes up to a second. So they stand in the
 * menu at once, and the source is loaded again for them when the viewer asks for one or gains more by it than that second.
 */
import { AUTO, AUDIO_ONLY, labelOf, resolve, sideOf, type Choice, type Rendition } from './quality';
import type { Variant } from './variants';

/** Indexes below this one are of renditions that the engine does not know. */
const FIRST_NEWCOMER = -2;
/** A picture this much larger is worth the interruption. */
const WORTH_RATIO = 1.4;

/** Renditions of the playlist as it is now that the engine has not read. */
export function newcomers(listed: readonly Variant[], known: readonly Rendition[]): Rendition[] {
  return listed
    .filter((variant) => variant.hasVideo && known.every((rendition) => rendition.name !== variant.name))
    .map(({ name, width, height, frameRate, bandwidthBps, codecs }, i) => ({
      index: FIRST_NEWCOMER - i, name, width, height, frameRate, codecs, bitrateBps: bandwidthBps, withdrawn: false,
    }));
}

/** All that there is to choose from, from the smallest up. */
export function offered(known: readonly Rendition[], fresh: readonly Rendition[]): Rendition[] {
  return [...known, ...fresh].sort((a, b) => sideOf(a) - sideOf(b) || a.bitrateBps - b.bitrateBps);
}

/** Whether the engine must be replaced for what the viewer wants. */
export function needsRenewal(choice: Choice, known: readonly Rendition[], fresh: readonly Rendition[]): boolean {
  if (fresh.length === 0 || choice === AUTO || choice === AUDIO_ONLY) return false;
  const all = offered(known, fresh);
  const wanted = resolve(choice, all, false);
  return typeof wanted === 'number' && wanted <= FIRST_NEWCOMER && all.some((rendition) => labelOf(rendition, all) === choice);
}

export interface Playing {
  readonly choice: Choice;
  /** The picture stands still for want of media. */
  readonly stalled: boolean;
  readonly bandwidthBps: number;
  /** The smaller side of the player in device pixels. */
  readonly screenSide: number;
}

/** Whether the newcomers are worth the interruption of loading the source again. */
export function isWorthRenewal(known: readonly Rendition[], fresh: readonly Rendition[], playing: Playing): boolean {
  if (fresh.length === 0 || playing.choice === AUDIO_ONLY) return false;
  if (playing.choice !== AUTO) return needsRenewal(playing.choice, known, fresh);
  const smallest = Math.min(...known.map((rendition) => rendition.bitrateBps));
  const tooFast = playing.stalled || smallest > playing.bandwidthBps * 0.9;
  if (tooFast && fresh.some((rendition) => rendition.bitrateBps < smallest)) return true;
  const best = Math.max(...known.map(sideOf));
  return fresh.some(
    (rendition) =>
      sideOf(rendition) >= best * WORTH_RATIO && best < playing.screenSide && rendition.bitrateBps < playing.bandwidthBps * 0.7,
  );
}
