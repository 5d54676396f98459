/**
 * Runs the state machine of a watch page on a video element: carries out its commands, watches the picture, and moves
 * the playing position where live-edge.ts decides. Everything happens on the page's one thread.
 */
import { waitMs } from '../core/backoff';
import type { PlayerConfig } from '../core/config';
import type { Edges } from '../core/edges';
import type { StallMeter } from '../core/glitches';
import { INITIAL, transition, type Command, type Signal, type Watch } from '../core/machine';
import { ProgressWatch } from '../core/progress';
import { AUDIO_ONLY, type Choice, type Rendition } from '../core/quality';
import { isWorthRenewal, needsRenewal, offered } from '../core/renewal';
import { Engine, type Snapshot } from './engine';
import { EventLog } from './event-log';
import { keepPicture } from './keep-picture';
import { Offers } from './offers';
import { askServer } from './server';
import type { Sharing } from './sharing';
import { watchStalls } from './stall-watch';
import { Steering } from './steering';

export interface SessionOptions {
  /** Address of the multivariant playlist. */
  readonly source: string;
  /** Address of the stream's facts. */
  readonly facts: string;
  readonly viewer: string;
  readonly config: PlayerConfig;
  readonly choice: Choice;
  readonly edges: Edges;
  /** With other viewers; undefined where there is none. */
  readonly sharing: Sharing | undefined;
  /** The smaller side of the player in device pixels. */
  readonly screenSide: () => number;
  readonly onChange: () => void;
}

/** After this much waiting for a first picture the viewer is told that it waits for a key frame. */
const KEY_FRAME_MESSAGE_MS = 1_500;
/** A source that is loaded again for another quality is back sooner than this, or something is wrong. */
const QUIET_MS = 2_500;

export class Session {
  readonly events: EventLog;
  readonly stalls: StallMeter;
  readonly offers: Offers;
  readonly steering: Steering;
  #choice: Choice;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  #quietUntilMs = 0;
  /** Counts of the engines that are gone. */
  #past = { switches: 0, withdrawals: 0 };
  #watch: Watch = INITIAL;
  #engine: Engine | undefined;
  #loads = 0;
  #framesAtLoad = 0;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  readonly #progress: ProgressWatch;
  readonly #ended = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: SessionOptions,
  ) {
    this.events = new EventLog(options.config.maxEvents, () => Date.now());
    this.#progress = new ProgressWatch(options.config.stallMs);
    this.stalls = watchStalls(video, () => this.#watch.state.kind === 'playing', this.#ended.signal);
    this.steering = new Steering(video, options.config, this.events);
    this.#choice = options.choice;
    this.offers = new Offers({
      ...options,
      known: () => this.#engine?.snapshot().renditions ?? [],
      onChange: () => this.#onOffers(),
    });
  }

  start(): void {
    const on = (type: string, listener: () => void) =>
      this.video.addEventListener(type, listener, { signal: this.#ended.signal });
    on('seeking', () => this.#progress.rebase());
    on('pause', () => {
      if (this.#engine && !this.video.ended) this.signal({ kind: 'paused' });
    });
    on('play', () => {
      this.#progress.reset(performance.now());
      this.signal({ kind: 'resumed' });
    });
    this.#ticking = setInterval(() => this.#tick(), this.options.config.tickMs);
    if (Engine.supported) this.signal({ kind: 'start' });
    else this.signal({ kind: 'failed', error: { kind: 'browser', fatal: true } });
  }

  stop(): void {
    this.#ended.abort();
    this.offers.stop();
    clearInterval(this.#ticking);
    clearTimeout(this.#asking);
    this.#unload();
  }

  get watch(): Watch {
    return this.#watch;
  }

  /** How many engines this session has begun; 1 as long as nothing had to be loaded again. */
  get loads(): number {
    return this.#loads;
  }

  get decodedFrames(): number {
    return this.video.getVideoPlaybackQuality().totalVideoFrames;
  }

  get droppedFrames(): number {
    return this.video.getVideoPlaybackQuality().droppedVideoFrames;
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Plays another rendition, or sound alone, from now on. */
  choose(choice: Choice): void {
    if (choice === this.#choice) return;
    const snapshot = this.#engine?.snapshot();
    this.#choice = choice;
    this.events.add('choice', choice);
    const audioOnly = choice === AUDIO_ONLY && (snapshot?.offersAudioOnly ?? false);
    const other = snapshot !== undefined && (audioOnly !== snapshot.audioOnly || needsRenewal(choice, snapshot.renditions, this.offers.fresh));
    if (other) this.#renew();
    else this.#engine?.choose(choice);
    this.options.onChange();
  }

  /** All renditions that can be chosen, also those for which the source must be loaded again. */
  get offered(): readonly Rendition[] {
    const known = this.#engine?.snapshot().renditions ?? [];
    return known.length === 0 ? [] : offered(known, this.offers.fresh);
  }

  /** The source is being loaded again for the viewer's sake: the last picture stays, and nothing is said over it. */
  get quiet(): boolean {
    return performance.now() < this.#quietUntilMs;
  }

  #onOffers(): void {
    const snapshot = this.#engine?.snapshot();
    const { kind } = this.#watch.state;
    const now = performance.now();
    if (snapshot && (kind === 'playing' || kind === 'stalled') && now - this.#renewedAtMs > this.options.config.renewalMs) {
      const playing = { choice: this.#choice, stalled: kind === 'stalled', bandwidthBps: snapshot.bandwidthBps, screenSide: this.options.screenSide() };
      if (isWorthRenewal(snapshot.renditions, this.offers.fresh, playing)) this.#renew();
    }
    this.options.onChange();
  }

  #renew(): void {
    const now = performance.now();
    this.#renewedAtMs = now;
    this.#quietUntilMs = now + QUIET_MS;
    keepPicture(this.video);
    this.events.add('renew', this.#choice);
    this.signal({ kind: 'start' });
  }

  /** Of all engines of this session. */
  get switches(): number {
    return this.#past.switches + (this.#engine?.snapshot().switches ?? 0);
  }

  get withdrawals(): number {
    return this.#past.withdrawals + (this.#engine?.snapshot().withdrawals ?? 0);
  }

  snapshot(): Snapshot | undefined {
    return this.#engine?.snapshot();
  }

  seek(to: number): void {
    this.steering.seek(to);
    void this.#play();
  }

  wallTimeAt(time: number): number | undefined {
    return this.#engine?.wallTimeAt(time);
  }

  /** Goes on after a pause: where the viewer had gone back in time from there, else live. */
  resume(): void {
    if (this.steering.following) this.goLive();
    else void this.#play();
  }

  goLive(): void {
    this.steering.goLive(this.#engine?.snapshot());
    void this.#play();
  }

  signal(signal: Signal): void {
    const before = this.#watch.state;
    const { watch, commands } = transition(this.#watch, signal);
    this.#watch = watch;
    if (watch.state.kind !== before.kind) {
      this.events.add('state', `${before.kind} → ${watch.state.kind}`);
      if (watch.state.kind === 'playing') {
        if (before.kind === 'away') this.#engine?.forgetStalls();
        this.steering.settle(this.#engine?.snapshot());
      }
    }
    for (const command of commands) this.#carryOut(command);
    if (watch.state !== before) this.options.onChange();
  }

  #carryOut(command: Command): void {
    switch (command.kind) {
      case 'load':
        return this.#load();
      case 'unload':
        return this.#unload();
      case 'ask':
        return this.#ask(waitMs(command.when, this.options.config, Math.random()));
    }
  }

  #load(): void {
    this.#unload();
    clearTimeout(this.#asking);
    this.steering.reset();
    this.#loads++;
    this.#framesAtLoad = this.decodedFrames;
    this.events.add('load', this.options.source);
    this.#progress.reset(performance.now());
    const { source, viewer, config, edges, sharing } = this.options;
    const note = (kind: string, detail: string) => this.events.add(kind, detail);
    // A failed engine is destroyed by a command, which must not happen inside its own callback.
    const signal = (each: Signal) => (each.kind === 'failed' ? queueMicrotask(() => this.signal(each)) : this.signal(each));
    this.#engine = new Engine(this.video, source, viewer, config, this.#choice, edges, { signal, note }, sharing?.newSwarm(note));
    void this.#play();
  }

  #unload(): void {
    this.#past = { switches: this.switches, withdrawals: this.withdrawals };
    this.#engine?.destroy();
    this.#engine = undefined;
  }

  #ask(afterMs: number): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(async () => {
      const answer = await askServer(this.options.edges, this.options.facts, this.options.config.requestTimeoutMs);
      if (!this.#ended.signal.aborted) this.signal({ kind: 'answered', answer });
    }, afterMs);
  }

  async #play(): Promise<void> {
    try {
      await this.video.play();
    } catch (reason) {
      // Only the autoplay policy is final; an AbortError is a load that replaced this one.
      if (reason instanceof DOMException && reason.name === 'NotAllowedError') this.signal({ kind: 'paused' });
    }
  }

  #tick(): void {
    const snapshot = this.#engine?.snapshot();
    if (snapshot === undefined || this.video.paused) {
      this.#progress.reset(performance.now());
      return;
    }
    const now = performance.now();
    this.#engine?.tick(now);
    const progress = this.#progress.observe(now, snapshot.currentTime, this.#stuckMs(snapshot));
    if (progress !== 'still' && this.#shows(progress, snapshot)) this.signal({ kind: progress });
    this.#tellKeyFrameWait(snapshot, now);
    this.#follow(snapshot, now);
  }

  /** A picture that moves is one of which frames have been decoded; sound alone proves nothing where there is video. */
  #shows(progress: 'moved' | 'stalled' | 'stuck', { hasVideo }: Snapshot): boolean {
    return progress !== 'moved' || !hasVideo || this.decodedFrames !== this.#framesAtLoad;
  }

  #stuckMs({ independentSegments }: Snapshot): number {
    return independentSegments ? this.options.config.stuckMs : this.options.config.keyFrameWaitMs;
  }

  #tellKeyFrameWait({ independentSegments }: Snapshot, now: number): void {
    const { state } = this.#watch;
    if (state.kind !== 'buffering' || independentSegments) return;
    if (this.#progress.stillMs(now) >= KEY_FRAME_MESSAGE_MS) this.signal({ kind: 'keyFrameAwaited' });
  }

  #follow(snapshot: Snapshot, now: number): void {
    const stalled = this.#progress.stillMs(now) >= this.options.config.stallMs;
    const { state } = this.#watch;
    // hls.js chooses where to begin, and needs a moment for it; what remains after ENDLIST plays to its end.
    if (this.video.seeking || state.kind === 'ended' || (state.kind === 'buffering' && !stalled)) return;
    this.steering.follow(snapshot, stalled, state.kind === 'away' && !state.returned);
  }
}
