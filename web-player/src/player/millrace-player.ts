/**
 * `<millrace-player stream="APP/NAME">`: a live player in one element. Optional attribute `base` names the server where
 * it is not the page's own; `config` may be CLASSIC_CONFIG for the classic view, whose viewers may share. The element's `state` and measurements stand in data attributes; `player.measurements` and
 * `player.events` give them to scripts, and a `change` event tells of a new state.
 */
import { DEFAULT_CONFIG, type PlayerConfig } from '../core/config';
import { Edges, originOf } from '../core/edges';
import { ladderNotice, withLeftOut } from '../core/ladder';
import { messageOf } from '../core/messages';
import { viewerId } from '../core/playlist-url';
import { menuItems, type Choice } from '../core/quality';
import { h, setAttribute, setText } from '../ui/dom';
import { Controls } from './controls';
import type { LoggedEvent } from './event-log';
import { measure, type Measurements } from './measurements';
import { Overlay } from './overlay';
import { storeChoice, storedChoice } from './preferences';
import styles from './player.shadow.css';
import { Session } from './session';
import { Sharing } from './sharing';
import { StatsPanel } from './stats-panel';

/** Further behind than the target by this much is no longer called live. */
const LIVE_SECONDS = 3;
/** States in which there is a live edge to go to. */
const FOLLOWING: ReadonlySet<string> = new Set(['playing', 'paused', 'stalled', 'buffering']);
const VIEW_INTERVAL_MS = 500;
/** The bar hides when the pointer has rested this long over a playing picture. */
const IDLE_MS = 2_500;
/** A server that takes longer to say whether there is sharing: then there is none. */
const SHARING_PATIENCE_MS = 4_000;
/** How long a notice stays over the picture. */
const NOTICE_MS = 8_000;

export class MillracePlayer extends HTMLElement {
  config: PlayerConfig = DEFAULT_CONFIG;
  readonly video = h('video', { playsinline: true, tabindex: '-1', 'aria-label': 'Live video' });
  readonly #overlay = new Overlay();
  readonly #stats = new StatsPanel();
  readonly #soundOnly = h('div', { class: 'sound-only', hidden: true }, 'Sound only');
  readonly #silent = h('p', { class: 'notice', role: 'status', hidden: true });
  readonly #toast = h('p', { class: 'toast', role: 'status', hidden: true });
  readonly #controls: Controls;
  #edges = new Edges('', () => 0);
  #told = '';
  #telling: ReturnType<typeof setTimeout> | undefined;
  #session: Session | undefined;
  #sharing: Sharing | undefined;
  #started = new AbortController();
  #viewing: ReturnType<typeof setInterval> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    // Browsers let only silent video start by itself.
    this.video.muted = true;
    const actions = {
      goLive: () => this.#session?.goLive(),
      resume: () => this.#session?.resume(),
      seek: (time: number) => this.#session?.seek(time),
      wallTimeAt: (time: number) => this.#session?.wallTimeAt(time),
      toggleStats: () => this.#toggleStats(),
      choose: (choice: Choice) => this.choose(choice),
    };
    this.#controls = new Controls(this.video, this, actions, () => this.#edges.route(this.#address('storyboard.vtt')));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const { bar, unmute } = this.#controls;
    root.append(this.video, this.#soundOnly, this.#overlay.element, this.#stats.element, this.#silent, this.#toast, unmute, bar);
    for (const type of ['pointermove', 'pointerdown', 'focusin', 'keydown']) this.addEventListener(type, () => this.#wake());
  }

  connectedCallback(): void {
    if (this.tabIndex < 0) this.tabIndex = 0;
    this.#edges = new Edges(originOf(this.#base) ?? location.origin, () => performance.now());
    this.#started = new AbortController();
    if (this.config.classic) void this.#prepare(this.#started.signal);
    else this.#start();
  }

  /** Asks whether this viewer may share, which the classic view waits for. */
  async #prepare(stopped: AbortSignal): Promise<void> {
    const url = `${this.#base}/api/v1/streams/${this.#stream}/swarm`;
    this.#sharing = await Sharing.prepare(this.#edges, url, SHARING_PATIENCE_MS);
    if (!stopped.aborted) this.#start();
  }

  /** With whom and how much is shared; undefined where nothing can be. */
  get sharing(): Sharing | undefined {
    return this.#sharing;
  }

  #start(): void {
    const poster = this.#address('poster.jpg');
    this.video.poster = poster;
    // What stood in for the picture in between gives way to the server's again.
    this.video.addEventListener('playing', () => (this.video.poster = poster));
    this.#session = new Session(this.video, {
      source: this.#address(this.config.classic ? 'classic.m3u8' : 'index.m3u8'),
      facts: `${this.#base}/api/v1/streams/${this.#stream}`,
      viewer: viewerId(crypto.getRandomValues(new Uint8Array(12))),
      config: this.config,
      edges: this.#edges,
      sharing: this.#sharing,
      choice: storedChoice(),
      screenSide: () => Math.min(this.clientWidth, this.clientHeight) * devicePixelRatio,
      onChange: () => this.#onChange(),
    });
    this.#session.start();
    this.#viewing = setInterval(() => this.#view(), VIEW_INTERVAL_MS);
    this.#wake();
  }

  disconnectedCallback(): void {
    this.#started.abort();
    clearInterval(this.#viewing);
    clearTimeout(this.#idle);
    clearTimeout(this.#telling);
    this.#session?.stop();
    this.#session = undefined;
  }

  get #stream(): string {
    return this.getAttribute('stream') ?? '';
  }

  get #base(): string {
    return (this.getAttribute('base') ?? location.origin).replace(/\/$/, '');
  }

  #address(file: string): string {
    return `${this.#base}/hls/${this.#stream}/${file}`;
  }

  get measurements(): Measurements | undefined {
    return this.#session && measure(this.#session, this.video, this.#sharing);
  }

  get events(): readonly LoggedEvent[] {
    return this.#session?.events.all ?? [];
  }

  /** Chooses "auto", "audio" or a rendition by its label, and remembers it. */
  choose(choice: Choice): void {
    storeChoice(choice);
    this.#session?.choose(choice);
  }

  /** Does what a key means that was pressed elsewhere on the page. */
  press(event: KeyboardEvent): void {
    this.#wake();
    this.#controls.onKey(event);
  }

  #onChange(): void {
    if (this.#session === undefined) return;
    this.#overlay.show(this.#session.quiet ? undefined : messageOf(this.#session.watch));
    this.#controls.update();
    this.#view();
    this.dispatchEvent(new Event('change'));
  }

  #view(): void {
    const m = this.measurements;
    if (m === undefined) return;
    this.#stats.update(m, this.events);
    const behind = FOLLOWING.has(m.state) && Number.isFinite(m.latencySeconds) ? m.latencySeconds : undefined;
    this.#controls.showLive(behind, m.latencySeconds <= m.targetLatencySeconds + LIVE_SECONDS);
    this.#controls.scrub.update(m.seekable, m.currentTime);
    const notice = ladderNotice(m.ladder);
    this.#controls.quality.update(menuItems(withLeftOut(m.offered, m.ladder), m.offersAudioOnly, m.choice, m.currentLevel), notice);
    this.#tell(m.state === 'playing' ? notice : '');
    setAttribute(this.#soundOnly, 'hidden', m.hasVideo || m.state !== 'playing');
    setAttribute(this.#silent, 'hidden', m.silenced.length === 0 || m.state !== 'playing');
    setText(this.#silent, m.silenced.length === 0 ? '' : `No sound: this browser cannot play ${m.silenced.join(' and ')}`);
    setAttribute(this, 'data-state', m.state);
    setAttribute(this, 'data-latency', m.latencySeconds.toFixed(3));
    setAttribute(this, 'data-buffer', m.bufferSeconds.toFixed(3));
    setAttribute(this, 'data-frames', String(m.decodedFrames));
    setAttribute(this, 'data-loads', String(m.loads));
    setAttribute(this, 'data-edge', m.edge);
    setAttribute(this, 'data-level', m.levels.find(({ index }) => index === m.currentLevel)?.name ?? (m.audioOnly ? 'audio' : ''));
  }

  /** Says a notice for a while when it is new; it stays in the quality menu. */
  #tell(notice: string): void {
    if (notice === this.#told) return;
    this.#told = notice;
    clearTimeout(this.#telling);
    setText(this.#toast, notice);
    setAttribute(this.#toast, 'hidden', notice === '');
    this.#telling = setTimeout(() => setAttribute(this.#toast, 'hidden', true), NOTICE_MS);
  }

  #toggleStats(): void {
    this.#stats.toggle();
    this.#controls.showStats(this.#stats.open);
    this.#view();
  }

  #wake(): void {
    this.removeAttribute('data-idle');
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => setAttribute(this, 'data-idle', !this.video.paused), IDLE_MS);
  }
}

customElements.define('millrace-player', MillracePlayer);
