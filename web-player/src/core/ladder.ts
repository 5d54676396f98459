/** What the server encodes beside the source (`ladder` of the stream's facts), and what people are told of it. */
import type { Rendition } from './quality';

export interface RungFacts {
  readonly name: string;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly bitrateBps: number;
  /** Media seconds encoded in a second: 1 keeps up. 0 while nobody knows. */
  readonly speed: number;
  readonly fps: number;
  readonly dropped: boolean;
  readonly reason: string;
}

export type LadderState = 'off' | 'starting' | 'encoding' | 'recovering' | 'given-up' | 'no-capacity';

export interface LadderFacts {
  readonly state: LadderState;
  readonly reason: string;
  readonly encoder: string;
  /** Where the worker is, by name; empty where it is the node that was asked. */
  readonly node: string;
  readonly restarts: number;
  readonly lagMs: number;
  readonly rungs: readonly RungFacts[];
}

export const LADDER_STATES: ReadonlySet<string> = new Set(['off', 'starting', 'encoding', 'recovering', 'given-up', 'no-capacity']);

/** A word for viewers why there is less to choose from than there could be; empty where nothing is missing. */
export function ladderNotice(ladder: LadderFacts | undefined): string {
  if (ladder === undefined) return '';
  switch (ladder.state) {
    case 'off':
    case 'starting':
      return '';
    case 'recovering':
      return 'Other qualities are being restored.';
    case 'given-up':
    case 'no-capacity':
      return 'Only the original quality at the moment.';
    case 'encoding': {
      const dropped = ladder.rungs.filter((rung) => rung.dropped && rung.height > 0).map((rung) => rung.name);
      return dropped.length === 0 ? '' : `The server is busy: no ${enumerate(dropped)} at the moment.`;
    }
  }
}

/** For those who look after streams: the state in a few words, the reason with it. */
export function ladderSummary({ state, reason, encoder, node, restarts, lagMs }: LadderFacts): string {
  const words: Readonly<Record<LadderState, string>> = {
    off: 'off',
    starting: 'starting',
    encoding: [[encoder, node === '' ? '' : `on ${node}`].filter(Boolean).join(' '), lagMs > 0 ? `${(lagMs / 1000).toFixed(1)} s behind` : ''].filter(Boolean).join(', ') || 'encoding',
    recovering: 'being restarted',
    'given-up': 'given up',
    'no-capacity': 'no free encoder',
  };
  const restarted = restarts > 0 ? ` (restarted ${restarts === 1 ? 'once' : `${restarts} times`})` : '';
  return `${words[state]}${restarted}${reason === '' ? '' : `: ${reason}`}`;
}

/** "720p 1.00 ×", "480p left out: too slow". */
export function rungSummary({ name, speed, dropped, reason }: RungFacts): string {
  if (dropped) return `${name} left out${reason === '' ? '' : `: ${reason}`}`;
  return speed > 0 ? `${name} ${speed.toFixed(2)} ×` : name;
}

/** Renditions as they can be chosen: those that the server leaves out at the moment are withdrawn, though the player may not have met it. */
export function withLeftOut(all: readonly Rendition[], ladder: LadderFacts | undefined): Rendition[] {
  const made = ladder === undefined || ladder.state === 'off' || ladder.state === 'starting' || ladder.state === 'encoding';
  const missing = new Set(ladder?.rungs.filter((rung) => rung.dropped || !made).map((rung) => rung.name));
  return all.map((rendition) => (missing.has(rendition.name) ? { ...rendition, withdrawn: true } : rendition));
}

/** What of a ladder there is and what not, in a line: "source, 720p (1.0 ×); left out: 1080p". Warnings say why. */
export function qualitiesSummary(ladder: LadderFacts): string {
  if (ladder.state !== 'encoding') return `source only: ${ladderSummary({ ...ladder, reason: '' })}`;
  const rungs = ladder.rungs.filter((rung) => rung.height > 0);
  const there = rungs.filter((rung) => !rung.dropped).map(({ name, speed }) => (speed > 0 ? `${name} (${speed.toFixed(1)} ×)` : name));
  const missing = rungs.filter((rung) => rung.dropped).map(({ name }) => name);
  return ['source', ...there].join(', ') + (missing.length === 0 ? '' : `; left out: ${missing.join(', ')}`);
}

/** The renditions of a ladder that viewers can choose now. */
export function encodedNames(ladder: LadderFacts): string[] {
  if (ladder.state !== 'encoding') return [];
  return ladder.rungs.filter((rung) => !rung.dropped && rung.height > 0).map((rung) => rung.name);
}

function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
