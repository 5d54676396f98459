import { adviceFor, sentence } from '../core/advice';
import type { StreamFacts, Warning } from '../core/api';
import { codecName } from '../core/codecs';
import { formatBitrate, formatCount, formatDuration, formatFrameRate } from '../core/format';
import { copyButton, h, setAttribute, setText } from '../ui/dom';

type Fact = readonly [label: string, text: (facts: StreamFacts) => string];

const FACTS: readonly Fact[] = [
  ['Video', ({ video }) => (video ? `${video.width} × ${video.height}, ${formatFrameRate(video.frameRate)}` : 'none')],
  ['Audio', ({ audio }) => (audio ? `${audio.sampleRate / 1000} kHz, ${channels(audio.channels)}` : 'none')],
  ['Codecs', ({ video, audio }) => [video, audio].flatMap((t) => (t ? [codecName(t.codec)] : [])).join(' + ') || '–'],
  ['Bitrate', (f) => bitrates(f)],
  ['On air', (f) => formatDuration(f.uptimeSeconds) + (f.reconnects > 0 ? `, ${formatCount(f.reconnects, 'reconnect', 'reconnects')}` : '')],
  ['Viewers', (f) => String(f.viewers)],
  ['Publisher', (f) => f.agent || '–'],
];

const STATES: Readonly<Record<StreamFacts['state'], string>> = {
  live: 'Live',
  waiting: 'Waiting for the streamer',
  ended: 'Ended',
};

/** One stream of the list. It lives as long as its stream is listed, so that focus and selections stay. */
export class StreamCard {
  readonly #badge = h('span', { class: 'badge' });
  readonly #cells = FACTS.map(() => h('dd'));
  readonly #warnings = h('ul', { class: 'warnings', 'aria-label': 'Warnings' });
  #shownWarnings = '';
  readonly element: HTMLLIElement;

  constructor(path: string) {
    const watch = `/watch/${encodePath(path)}`;
    const playlist = `${location.origin}/hls/${encodePath(path)}/index.m3u8`;
    this.element = h(
      'li',
      { class: 'card', 'data-path': path },
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

function channels(count: number): string {
  return count === 1 ? 'mono' : count === 2 ? 'stereo' : count === 6 ? '5.1' : formatCount(count, 'channel', 'channels');
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
