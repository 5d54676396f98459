/** The seek bar: a slider over the live window, with the picture of the moment under the pointer. */
import { fractionOf, isLive, offsetLabel, timeAt } from '../core/scrub';
import type { Range } from '../core/live-edge';
import { readStoryboard, thumbnailAt, type Thumbnail } from '../core/storyboard';
import { h, setAttribute, setText } from '../ui/dom';
import { fetchText } from './server';

export interface ScrubActions {
  seek(time: number): void;
  goLive(): void;
  /** Wall time of a media time, milliseconds since 1970; undefined where nobody knows. */
  wallTimeAt(time: number): number | undefined;
}

const KEY_STEP_SECONDS = 5;
/** A new segment, and with it a new picture, comes about this often. */
const STORYBOARD_INTERVAL_MS = 4_000;
const STORYBOARD_TIMEOUT_MS = 4_000;

export class ScrubBar {
  readonly #played = h('div', { class: 'scrub-played' });
  readonly #image = h('img', { alt: '', hidden: true });
  readonly #time = h('span');
  readonly #preview = h('div', { class: 'preview', hidden: true, 'aria-hidden': 'true' }, this.#image, this.#time);
  readonly element = h(
    'div',
    { class: 'scrub', role: 'slider', tabindex: '0', 'aria-label': 'Position in the stream', 'aria-valuemin': '0', hidden: true },
    h('div', { class: 'scrub-track' }, this.#played),
    this.#preview,
  );
  #window: Range | undefined;
  #position = 0;
  #dragged: number | undefined;
  /** Where the pointer is, as a share of the bar; what lies there moves on. */
  #pointed: number | undefined;
  #thumbnails: readonly Thumbnail[] = [];
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly storyboard: () => string,
    private readonly actions: ScrubActions,
  ) {
    const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) =>
      this.element.addEventListener(type, listener);
    on('pointermove', (event) => this.#onMove(event));
    on('pointerdown', (event) => this.#onDown(event));
    on('pointerup', () => this.#onUp());
    on('pointercancel', () => this.#release());
    on('pointerleave', () => {
      if (this.#dragged === undefined) this.#leave();
    });
    on('keydown', (event) => this.#onKey(event));
    // The frame is what is on the screen; a picture that is gone leaves the time alone.
    this.#image.addEventListener('error', () => setAttribute(this.#image, 'hidden', true));
    this.#image.addEventListener('load', () => setAttribute(this.#image, 'hidden', false));
  }

  /** @param window what can be sought; undefined where there is nothing to seek */
  update(window: Range | undefined, position: number): void {
    this.#window = window;
    this.#position = position;
    setAttribute(this.element, 'hidden', window === undefined);
    if (window === undefined) return this.#release();
    const shown = this.#dragged ?? position;
    this.#played.style.width = `${(fractionOf(shown, window) * 100).toFixed(2)}%`;
    setAttribute(this.element, 'aria-valuemax', String(Math.round(window.end - window.start)));
    setAttribute(this.element, 'aria-valuenow', String(Math.round(Math.min(Math.max(shown, window.start), window.end) - window.start)));
    setAttribute(this.element, 'aria-valuetext', offsetLabel(shown, window));
    if (this.#pointed !== undefined) this.#show(timeAt(this.#pointed, window));
  }

  #onMove(event: PointerEvent): void {
    const time = this.#timeUnder(event);
    if (time === undefined || this.#window === undefined) return;
    if (this.#dragged !== undefined) this.#dragged = time;
    this.#pointed = fractionOf(time, this.#window);
    this.update(this.#window, this.#position);
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#dragged = this.#timeUnder(event);
    this.element.setPointerCapture(event.pointerId);
    this.#onMove(event);
  }

  #onUp(): void {
    const to = this.#dragged;
    this.#release();
    if (to !== undefined) this.#go(to);
  }

  #release(): void {
    this.#dragged = undefined;
    this.#leave();
  }

  #leave(): void {
    this.#pointed = undefined;
    setAttribute(this.#preview, 'hidden', true);
  }

  #onKey(event: KeyboardEvent): void {
    const window = this.#window;
    if (window === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: this.#position - KEY_STEP_SECONDS,
      ArrowDown: this.#position - KEY_STEP_SECONDS,
      ArrowRight: this.#position + KEY_STEP_SECONDS,
      ArrowUp: this.#position + KEY_STEP_SECONDS,
      Home: window.start,
      End: window.end,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#go(Math.max(window.start, to));
  }

  #go(time: number): void {
    if (this.#window === undefined) return;
    if (isLive(time, this.#window)) this.actions.goLive();
    else this.actions.seek(time);
  }

  #timeUnder({ clientX }: PointerEvent): number | undefined {
    const { left, width } = this.element.getBoundingClientRect();
    return this.#window && width > 0 ? timeAt((clientX - left) / width, this.#window) : undefined;
  }

  #show(time: number): void {
    if (this.#window === undefined) return;
    void this.#renewStoryboard();
    const wallMs = this.actions.wallTimeAt(time);
    const thumbnail = wallMs === undefined ? undefined : thumbnailAt(this.#thumbnails, wallMs);
    if (thumbnail === undefined) setAttribute(this.#image, 'hidden', true);
    else if (this.#image.src !== thumbnail.url) this.#image.src = thumbnail.url;
    setText(this.#time, offsetLabel(time, this.#window));
    this.#preview.style.left = `clamp(82px, ${(fractionOf(time, this.#window) * 100).toFixed(2)}%, calc(100% - 82px))`;
    setAttribute(this.#preview, 'hidden', false);
  }

  async #renewStoryboard(): Promise<void> {
    const now = performance.now();
    if (now - this.#askedAtMs < STORYBOARD_INTERVAL_MS) return;
    this.#askedAtMs = now;
    const url = new URL(this.storyboard(), location.href).href;
    const text = await fetchText(url, STORYBOARD_TIMEOUT_MS);
    if (text === undefined) return;
    this.#thumbnails = readStoryboard(text, url);
    this.update(this.#window, this.#position);
  }
}
