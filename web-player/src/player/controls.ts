import type { Choice } from '../core/quality';
import { h, setAttribute, setText } from '../ui/dom';
import { icon, type IconName } from '../ui/icons';
import { QualityMenu } from './quality-menu';
import { ScrubBar, type ScrubActions } from './scrub-bar';

export interface ControlActions extends ScrubActions {
  resume(): void;
  toggleStats(): void;
  choose(choice: Choice): void;
}

/** The bar below the picture, the sound button over it, and the keys. */
export class Controls {
  readonly #play = iconButton('play', 'Play (k)');
  readonly #mute = iconButton('muted', 'Sound on (m)');
  readonly #volume = h('input', {
    type: 'range', class: 'volume', min: '0', max: '1', step: '0.05', 'aria-label': 'Volume',
  });
  readonly #live = h('button', { type: 'button', class: 'live', title: 'Go to the live edge' });
  readonly #stats = iconButton('stats', 'Statistics (i)');
  readonly #fullscreen = iconButton('fullscreen', 'Full screen (f)');
  readonly unmute = h('button', { type: 'button', class: 'unmute', hidden: true }, icon('muted'), 'Sound on');
  readonly quality = new QualityMenu((choice) => this.actions.choose(choice));
  readonly scrub: ScrubBar;
  readonly bar: HTMLElement;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly host: HTMLElement,
    private readonly actions: ControlActions,
    storyboard: () => string,
  ) {
    this.scrub = new ScrubBar(storyboard, actions);
    this.bar = h(
      'div',
      { class: 'bar', role: 'group', 'aria-label': 'Player controls' },
      this.scrub.element,
      h(
        'div',
        { class: 'row' },
        this.#play, this.#mute, this.#volume, this.#live, h('span', { class: 'space' }),
        this.quality.button, this.quality.element, this.#stats, this.#fullscreen,
      ),
    );
    this.#play.addEventListener('click', () => this.#togglePlay());
    this.#mute.addEventListener('click', () => this.#toggleMute());
    this.unmute.addEventListener('click', () => this.#toggleMute());
    this.#volume.addEventListener('input', () => this.#setVolume(Number(this.#volume.value)));
    this.#live.addEventListener('click', () => actions.goLive());
    this.#stats.addEventListener('click', () => actions.toggleStats());
    this.#fullscreen.addEventListener('click', () => void this.#toggleFullscreen());
    video.addEventListener('click', () => this.#togglePlay());
    video.addEventListener('dblclick', () => void this.#toggleFullscreen());
    for (const type of ['play', 'pause', 'volumechange', 'playing']) video.addEventListener(type, () => this.update());
    host.addEventListener('fullscreenchange', () => this.update());
    host.addEventListener('keydown', (event) => this.onKey(event));
    this.update();
  }

  update(): void {
    const { paused, muted, volume } = this.video;
    setIcon(this.#play, paused ? 'play' : 'pause', paused ? 'Play (k)' : 'Pause (k)');
    setIcon(this.#mute, muted ? 'muted' : 'sound', muted ? 'Sound on (m)' : 'Sound off (m)');
    const full = document.fullscreenElement === this.host;
    setIcon(this.#fullscreen, full ? 'windowed' : 'fullscreen', full ? 'Leave full screen (f)' : 'Full screen (f)');
    setAttribute(this.unmute, 'hidden', !muted);
    this.#volume.value = String(muted ? 0 : volume);
  }

  /** @param behindSeconds how far the picture is behind the live edge; undefined while nothing plays */
  showLive(behindSeconds: number | undefined, atEdge: boolean): void {
    setAttribute(this.#live, 'data-edge', behindSeconds === undefined ? undefined : atEdge ? 'yes' : 'no');
    setAttribute(this.#live, 'hidden', behindSeconds === undefined);
    setText(this.#live, behindSeconds === undefined ? '' : atEdge ? 'Live' : `Go live (−${Math.round(behindSeconds)} s)`);
  }

  showStats(open: boolean): void {
    setAttribute(this.#stats, 'aria-pressed', String(open));
  }

  onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.composedPath()[0] instanceof HTMLButtonElement;
    const actions: Readonly<Record<string, () => void>> = {
      k: () => this.#togglePlay(),
      m: () => this.#toggleMute(),
      f: () => void this.#toggleFullscreen(),
      i: () => this.actions.toggleStats(),
      l: () => this.actions.goLive(),
      q: () => this.quality.show(),
      ...(onControl ? {} : { ' ': () => this.#togglePlay() }),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  #togglePlay(): void {
    if (this.video.paused) this.actions.resume();
    else this.video.pause();
  }

  #toggleMute(): void {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.6;
  }

  #setVolume(volume: number): void {
    this.video.volume = volume;
    this.video.muted = volume === 0;
  }

  async #toggleFullscreen(): Promise<void> {
    if (document.fullscreenElement) return document.exitFullscreen();
    if (this.host.requestFullscreen) return this.host.requestFullscreen();
    // iPhones only let the video itself fill the screen.
    (this.video as unknown as { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
  }
}

function iconButton(name: IconName, label: string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'icon' });
  setIcon(button, name, label);
  return button;
}

function setIcon(button: HTMLButtonElement, name: IconName, label: string): void {
  if (button.dataset['icon'] === name && button.title === label) return;
  button.dataset['icon'] = name;
  button.title = label;
  button.setAttribute('aria-label', label);
  button.replaceChildren(icon(name));
}
