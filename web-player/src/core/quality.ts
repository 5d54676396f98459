/**
 * What a viewer can choose: "auto", one rendition, or sound alone. A choice is kept as the words of its label and not as
 * an index, so that it means the same in the next stream, which has other renditions.
 */
import { formatBitrate } from './format';

/** One video rendition as the player's engine knows it. */
export interface Rendition {
  /** Place in the engine's list, from the smallest up. */
  readonly index: number;
  /** The server's name of it, the folder of its playlist. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly bitrateBps: number;
  readonly codecs: string;
  /** Its newest media is missing; it is not played until it returns. */
  readonly withdrawn: boolean;
}

/** `auto`, `audio`, or the label of a rendition ("720p", "1080p60"). */
export type Choice = string;
export const AUTO: Choice = 'auto';
export const AUDIO_ONLY: Choice = 'audio';

export interface MenuItem {
  readonly choice: Choice;
  readonly label: string;
  /** Said behind the label, smaller. */
  readonly note: string;
  readonly checked: boolean;
}

/** Frame rates up to this one are what everybody expects and not said. */
const PLAIN_FRAME_RATE = 31;
/** Renditions of the source itself: as it was published, or encoded anew because browsers do not play it. */
const SOURCE_NAMES: ReadonlySet<string> = new Set(['video', 'source']);

/** "720p", "1080p60"; the smaller side counts, so that a portrait picture is called as its landscape sister. */
export function sizeLabel({ width, height, frameRate }: Pick<Rendition, 'width' | 'height' | 'frameRate'>): string {
  const side = sideOf({ width, height });
  return side === 0 ? 'Video' : `${side}p${frameRate > PLAIN_FRAME_RATE ? Math.round(frameRate) : ''}`;
}

export function isSource({ name }: Pick<Rendition, 'name'>): boolean {
  return SOURCE_NAMES.has(name);
}

/** The label of each rendition; where two have the same size, their bit rates tell them apart. */
export function labelOf(rendition: Rendition, all: readonly Rendition[]): string {
  const label = sizeLabel(rendition);
  const alone = all.every((other) => other.index === rendition.index || sizeLabel(other) !== label);
  return alone ? label : `${label} ${formatBitrate(rendition.bitrateBps)}`;
}

/**
 * The menu, best first. Without anything to choose from it is empty.
 *
 * @param playing index of the rendition that is on the screen; -1 for none
 */
export function menuItems(all: readonly Rendition[], audioOnly: boolean, choice: Choice, playing: number): MenuItem[] {
  if (all.length < 2 && !audioOnly) return [];
  const chosen = resolve(choice, all, audioOnly);
  const shown = all.find((rendition) => rendition.index === playing);
  const items: MenuItem[] = [
    { choice: AUTO, label: 'Auto', note: shown && chosen === AUTO ? labelOf(shown, all) : '', checked: chosen === AUTO },
  ];
  for (const rendition of [...all].reverse()) {
    const label = labelOf(rendition, all);
    const note = rendition.withdrawn ? 'not at the moment' : isSource(rendition) ? 'source' : '';
    items.push({ choice: label, label, note, checked: chosen === rendition.index });
  }
  if (audioOnly) items.push({ choice: AUDIO_ONLY, label: 'Audio only', note: '', checked: chosen === AUDIO_ONLY });
  return items;
}

/**
 * What a choice, perhaps made in another stream, means here: the rendition of that label, else the largest that is not
 * larger, else the smallest; "audio" where the stream has no such rendition is "auto".
 */
export function resolve(choice: Choice, all: readonly Rendition[], audioOnly: boolean): typeof AUTO | typeof AUDIO_ONLY | number {
  if (choice === AUDIO_ONLY) return audioOnly ? AUDIO_ONLY : AUTO;
  const exact = all.find((rendition) => labelOf(rendition, all) === choice);
  if (exact) return exact.index;
  const side = Number(/^(\d{2,5})p/.exec(choice)?.[1]);
  if (!(side > 0) || all.length === 0) return AUTO;
  const fitting = all.filter((rendition) => sideOf(rendition) <= side);
  return (fitting.at(-1) ?? all[0]!).index;
}

/** What stands on the menu's button: the choice, and what "auto" has chosen. */
export function buttonLabel(items: readonly MenuItem[]): string {
  const { label, note } = items.find((item) => item.checked) ?? { label: '', note: '' };
  return label === 'Auto' && note !== '' ? `Auto ${note}` : label;
}

/** A stored choice, if it is one. */
export function readChoice(stored: string | null): Choice {
  return stored !== null && /^(auto|audio|Video|\d{2,5}p\d{0,3}( [\d.]+ [kM]bit\/s)?)$/.test(stored) ? stored : AUTO;
}

/** The smaller side of a picture. */
export function sideOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(width, height);
}
