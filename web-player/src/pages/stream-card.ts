import { adviceFor, sentence } from '../core/advice';
import type { StreamFacts, Warning } from '../core/api';
import { codecName } from '../core/codecs';
import { qualitiesSummary } from '../core/ladder';
import { formatBitrate, formatCount, formatDuration, formatFrameRate } from '../core/format';
import { copyButton, h, setAttribute, setText } from '../ui/dom';

type Fact = readonly [label: string, text: (facts: StreamFacts) => string];

const FACTS: readonly Fact[] = [
  ['Video', ({ video }) => (video ? `${video.width} × ${video.height}, ${formatFrameRate(video.frameRate)}` : 'none')],
  ['Audio', ({ audio }) => (audio ? `${audio.sampleRate / 1000} kHz, ${channels(audio.channels)}` : 'none')],
  ['Codecs', ({ video, audio }) => [video, audio].flatMap((t) => (t ? [codecName(t.codec)] : [])).join(' + ') || '–'],
  ['Bitrate', (f) => bitrates(f)],
  ['Qualities', (f) => qualities(f)],
  ['On air', (f) => formatDuration(f.uptimeSeconds) + (f.reconnects > 0 ? `, ${formatCount(f.reconnects, 'reconnect', 'reconnects')}` : '')],
  ['Viewers', (f) => String(f.viewers)],
  ['Publisher', (f) => f.agent || '–'],
];

const STATES: Readonly<Record<StreamFacts['state'], string>> = {
  live: 'Live',
  waiting: 'Waiting for the streamer',
  ended: 'Ended',
};

/** How often a thumbnail is asked for; the server renews it about as often. */
const POSTER_INTERVAL_MS = 5_000;

/** One stream of the list. It lives as long as its stream is listed, so that focus and selections stay. */
export class StreamCard {
  readonly #badge = h('span', { class: 'badge' });
  readonly #cells = FACTS.map(() => h('dd'));
  readonly #warnings = h('ul', { class: 'warnings', 'aria-label': 'Warnings' });
  readonly #poster: HTMLImageElement;
  readonly #posterLink: HTMLAnchorElement;
  readonly #posterUrl: string;
  #posterAtMs = Number.NEGATIVE_INFINITY;
  #shownWarnings = '';
  readonly element: HTMLLIElement;

  constructor(path: string) {
    const watch = `/watch/${encodePath(path)}`;
    const playlist = `${location.origin}/hls/${encodePath(path)}/index.m3u8`;
    this.#posterUrl = `/hls/${encodePath(path)}/poster.jpg`;
    // Decoration: the name beside it is the link that everybody finds.
    this.#poster = h('img', { class: 'poster', alt: '' });
    this.#posterLink = h('a', { class: 'poster-link', href: watch, tabindex: '-1', 'aria-hidden': 'true', hidden: true }, this.#poster);
    this.element = h(
      'li',
      { class: 'card', 'data-path': path },
      this.#posterLink,
      h(
        'div',
        { class: 'card-head' },
        h('h2', {}, h('a', { href: watch }, path)),
        this.#badge,
        h('a', { class: 'button', href: watch, 'aria-label': `Watch ${path}` }, 'Watch'),
      ),
      this.#warnings,
      h('dl', { class: 'facts' }, ...FACTS.map(([label], i) => h('div', {}, h('dt', {}, label), this.#cells[i]))),
      h('p', { class: 'playlist' }, h('code', {}, playlist), copyButton(`playlist address of ${path}`, () => playlist)),
    );
  }

  update(facts: StreamFacts): void {
    setText(this.#badge, STATES[facts.state]);
    setAttribute(this.#badge, 'data-state', facts.state);
    FACTS.forEach(([, text], i) => setText(this.#cells[i]!, text(facts)));
    this.#showWarnings(facts.warnings);
    this.#renewPoster(performance.now());
  }

  /** The next picture takes the place of the last one when it is there; without one the place stays closed. */
  #renewPoster(nowMs: number): void {
    if (nowMs - this.#posterAtMs < POSTER_INTERVAL_MS) return;
    this.#posterAtMs = nowMs;
    const next = new Image();
    next.onload = () => {
      this.#poster.src = next.src;
      setAttribute(this.#posterLink, 'hidden', false);
    };
    next.onerror = () => setAttribute(this.#posterLink, 'hidden', true);
    next.src = `${this.#posterUrl}?at=${Math.floor(Date.now() / POSTER_INTERVAL_MS)}`;
  }

  #showWarnings(warnings: readonly Warning[]): void {
    const shown = JSON.stringify(warnings);
    if (shown === this.#shownWarnings) return;
    this.#shownWarnings = shown;
    this.#warnings.replaceChildren(
      ...warnings.map(({ code, text }) => {
        const advice = adviceFor(code);
        return h('li', {}, h('b', {}, sentence(text || code)), advice === undefined ? undefined : h('span', {}, advice));
      }),
    );
  }
}

function bitrates({ video, audio, videoBps, audioBps }: StreamFacts): string {
  if (!video || !audio) return formatBitrate(video ? videoBps : audioBps);
  return `${formatBitrate(videoBps)} + ${formatBitrate(audioBps)}`;
}

function qualities({ video, ladder }: StreamFacts): string {
  if (ladder === undefined || ladder.state === 'off') return video ? 'the source only' : '–';
  return qualitiesSummary(ladder);
}

function channels(count: number): string {
  return count === 1 ? 'mono' : count === 2 ? 'stereo' : count === 6 ? '5.1' : formatCount(count, 'channel', 'channels');
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
