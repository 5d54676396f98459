import { codecName } from '../core/codecs';
import { ladderSummary, rungSummary } from '../core/ladder';
import { formatBitrate, formatFrameRate, formatSeconds } from '../core/format';
import { h, setAttribute, setText } from '../ui/dom';
import type { LoggedEvent } from './event-log';
import type { Measurements } from './measurements';

type Row = readonly [label: string, text: (m: Measurements) => string];

const ROWS: readonly Row[] = [
  ['State', (m) => m.state],
  ['Latency', (m) => `${formatSeconds(m.latencySeconds)} (target ${formatSeconds(m.targetLatencySeconds)})`],
  ['Age of the picture', (m) => formatSeconds(m.endToEndSeconds)],
  ['Buffer', (m) => formatSeconds(m.bufferSeconds)],
  ['Speed', (m) => `${m.playbackRate.toFixed(2)} ×`],
  ['Picture', (m) => (m.width > 0 ? `${m.width} × ${m.height}, ${formatFrameRate(m.frameRate)}` : '–')],
  ['Codecs', (m) => m.codecs.split(',').filter(Boolean).map((c) => `${codecName(c)} (${c})`).join(', ') || '–'],
  ['Rendition', (m) => rendition(m)],
  ['Switches', (m) => `${m.switches}; ${m.withdrawals} times a rendition without media was left`],
  ['Stalls', (m) => (m.stallCount === 0 ? 'none' : `${m.stallCount}, ${(m.stallMs / 1000).toFixed(1)} s in all`)],
  ['Encoder', (m) => (m.ladder ? ladderSummary(m.ladder) : '–')],
  ['Encoding speed', (m) => m.ladder?.rungs.map(rungSummary).join(', ') || '–'],
  ['Frames', (m) => `${m.decodedFrames} decoded, ${m.droppedFrames} dropped`],
  ['Bitrate', (m) => `${formatBitrate(m.mediaBps)} of ${formatBitrate(m.bandwidthBps)} available`],
  ['Edge', (m) => m.edge || 'the only one'],
  ['Loaded', (m) => (m.loads === 1 ? 'once' : `${m.loads} times`)],
];

/** Seconds of history drawn. */
const HISTORY = 120;

/** Numbers for people who look after streams: a table, the latency of the last minute as a line, the last events. */
export class StatsPanel {
  readonly #cells = ROWS.map(() => h('dd'));
  readonly #events = h('ol', { class: 'events' });
  readonly #graph = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  readonly #latencies: number[] = [];
  readonly element: HTMLElement;

  constructor() {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', `0 0 ${HISTORY} 40`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(this.#graph);
    this.element = h(
      'section',
      { class: 'stats', hidden: true, 'aria-label': 'Statistics' },
      h('dl', {}, ...ROWS.flatMap(([label], i) => [h('dt', {}, label), this.#cells[i]])),
      h('figure', {}, svg, h('figcaption', {}, 'Latency, last minute (0–8 s)')),
      this.#events,
    );
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  toggle(): void {
    setAttribute(this.element, 'hidden', this.open);
  }

  /** Called about twice a second. */
  update(m: Measurements, events: readonly LoggedEvent[]): void {
    this.#latencies.push(m.latencySeconds);
    if (this.#latencies.length > HISTORY) this.#latencies.shift();
    if (!this.open) return;
    ROWS.forEach(([, text], i) => setText(this.#cells[i]!, text(m)));
    this.#graph.setAttribute('points', graphPoints(this.#latencies));
    const lines = events.slice(-6).map(line);
    if (this.#events.textContent !== lines.join('')) this.#events.replaceChildren(...lines.map((text) => h('li', {}, text)));
  }
}

function rendition({ levels, currentLevel, loadingLevel, choice, audioOnly }: Measurements): string {
  const now = levels.find(({ index }) => index === currentLevel)?.name ?? (audioOnly ? 'sound alone' : '–');
  const next = levels.find(({ index }) => index === loadingLevel)?.name;
  return `${now}${next !== undefined && next !== now ? ` → ${next}` : ''} (${choice}), ${levels.length} in all`;
}

function line({ at, kind, detail, times }: LoggedEvent): string {
  return `${new Date(at).toLocaleTimeString()}  ${kind}: ${detail}${times > 1 ? ` (${times} times)` : ''}`;
}

function graphPoints(latencies: readonly number[]): string {
  return latencies
    .map((latency, x) => (Number.isFinite(latency) ? `${x},${(40 - Math.min(latency, 8) * 5).toFixed(1)}` : ''))
    .filter(Boolean)
    .join(' ');
}
