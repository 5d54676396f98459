/**
 * Which rendition one hls.js plays: the viewer's choice, the automatic one within what the screen can show, and the
 * leaving of renditions that have no media. hls.js switches at the end of what is buffered, so nothing is flushed and
 * neither picture nor sound stops.
 */
import type Hls from 'hls.js';
import type { LevelDetails } from 'hls.js';
import { partsAhead, playlistEnd, type PlaylistEnd } from '../core/playlist-end';
import { AUTO, resolve, type Choice, type Rendition } from '../core/quality';
import { canSwitch } from '../core/switch-point';
import { isLate, refuge, Withdrawals } from '../core/withdrawal';
import { renditionName } from '../core/variants';
import { fetchText } from './server';

/** With more picture than this ahead there is no hurry to leave a rendition that is late. */
const THIN_SECONDS = 0.9;
const PROBE_INTERVAL_MS = 400;
/** How often a rendition that was left is looked at. */
const RETURN_INTERVAL_MS = 4_000;
/** A rendition that is encoded is about a second behind the source. */
const KEEPS_UP_PARTS = 4;
const PROBE_TIMEOUT_MS = 1_500;
/** How long a switch waits for its moment; and a wait of which nothing was heard for a while is another one. */
const PATIENCE_MS = 6_000;
const FORGET_MS = 1_000;

export interface RungsListener {
  note(kind: string, detail: string): void;
}

/** Media that must be there behind the playing position before it is decoded anew. */
const RESTART_SECONDS = 0.25;

export class Rungs {
  readonly #withdrawals = new Withdrawals();
  #choice: Choice;
  #newest = '';
  #newestAtMs = 0;
  #probedAtMs = 0;
  #lookedAtMs = 0;
  #hasteTo = -1;
  #refusedSinceMs = 0;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor(
    private readonly hls: Hls,
    choice: Choice,
    private readonly playlistUrl: (url: string) => string,
    private readonly listener: RungsListener,
  ) {
    this.#choice = choice;
  }

  stop(): void {
    this.#ended = true;
  }

  get withdrawals(): number {
    return this.#withdrawals.count;
  }

  all(): Rendition[] {
    return this.hls.levels
      .map((level, index) => ({
        index,
        name: renditionName(level.uri),
        width: level.width,
        height: level.height,
        frameRate: level.frameRate,
        bitrateBps: level.maxBitrate,
        codecs: level.attrs['CODECS'] ?? '',
        withdrawn: this.#withdrawals.has(index),
      }))
      .filter((rendition) => rendition.width > 0 || rendition.codecs.split(',').length > 1);
  }

  choose(choice: Choice): void {
    this.#choice = choice;
    this.apply();
  }

  /** Makes hls.js do what was chosen, as far as that has media. */
  apply(): void {
    const { hls } = this;
    const wanted = resolve(this.#choice, this.all(), false);
    const manual = wanted === AUTO || typeof wanted !== 'number' || this.#withdrawals.has(wanted) ? -1 : wanted;
    if (hls.manualLevel === manual) return;
    if (manual === -1) hls.loadLevel = -1;
    // Flushes nothing but what lies far ahead, where there is that much.
    else if (this.mayChange()) hls.nextLevel = manual;
  }

  /** Whether going over to another rendition now would not be seen, or there is nothing to lose by it. */
  mayChange(): boolean {
    const { hls } = this;
    const { media, loadLevel } = hls;
    const details = hls.levels[loadLevel]?.details;
    if (!media || media.readyState === 0 || !details?.live || this.#withdrawals.has(loadLevel)) return true;
    const buffer = hls.mainForwardBufferInfo;
    if (!buffer || buffer.len < THIN_SECONDS / 2) return true;
    const segments = details.fragmentHint ? [...details.fragments, details.fragmentHint] : details.fragments;
    return canSwitch(media.currentTime, buffer.end, segments) || this.#isOverdue(performance.now());
  }

  /** With a very thin buffer the good moment never comes; then a switch that is seen is better than none. */
  #isOverdue(nowMs: number): boolean {
    if (nowMs - this.#refusedAtMs > FORGET_MS) this.#refusedSinceMs = nowMs;
    this.#refusedAtMs = nowMs;
    return nowMs - this.#refusedSinceMs > PATIENCE_MS;
  }

  /**
   * A playlist was read.
   *
   * @return what it says about the stream; undefined where it only says something about its own rendition
   */
  onPlaylist(level: number, details: LevelDetails, nowMs: number): 'mediaAtEdge' | 'gapAtEdge' | undefined {
    const newest = details.partList?.at(-1) ?? details.fragments.at(-1);
    if (!newest) return undefined;
    const mark = `${level} ${details.lastPartSn} ${details.lastPartIndex} ${details.endSN}`;
    if (mark !== this.#newest) {
      this.#newest = mark;
      this.#newestAtMs = nowMs;
    }
    if (!newest.gap) {
      if (this.#withdrawals.has(level)) this.#restore(level);
      return 'mediaAtEdge';
    }
    return this.#onGap(level, nowMs);
  }

  /**
   * Media of a level was buffered. One that was entered in haste has replaced what is being played: browsers show nothing
   * of it before its next key frame, up to a segment later, unless they are made to decode from the one before.
   */
  onBuffered(level: number): void {
    const { media, mainForwardBufferInfo: ahead } = this.hls;
    if (level !== this.#hasteTo || !media || !ahead || ahead.len < RESTART_SECONDS) return this.apply();
    this.#hasteTo = -1;
    // Where the buffer ended before the segment being played there is nothing to restart.
    const start = this.hls.levels[level]?.details?.fragments.findLast((fragment) => fragment.start <= ahead.end - RESTART_SECONDS)?.start;
    if (start === undefined || start > media.currentTime || media.paused) return;
    this.listener.note('restart', media.currentTime.toFixed(2));
    media.currentTime += 0.001;
  }

  /** Called some times a second. */
  tick(nowMs: number): void {
    if (this.hls.levels.length < 2) return;
    this.apply();
    this.#leaveIfLate(nowMs);
    if (nowMs - this.#lookedAtMs < RETURN_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    for (const index of this.#withdrawals.olderThan(RETURN_INTERVAL_MS, nowMs)) void this.#look(index);
  }

  #onGap(level: number, nowMs: number): 'gapAtEdge' | undefined {
    const all = this.all();
    if (all.length < 2) return 'gapAtEdge';
    const to = refuge(all, level, this.hls.bandwidthEstimate, false);
    this.#withdraw(level, nowMs, 'gap');
    if (to === undefined) {
      // Every rendition has nothing: the publisher is away, and the source will be the first to be back.
      const source = all.findLast((rendition) => rendition.name === 'video') ?? all.at(-1);
      if (source && source.index !== level) this.#go(source.index);
      return 'gapAtEdge';
    }
    if (this.hls.loadLevel === level) this.#go(to.index);
    return undefined;
  }

  #leaveIfLate(nowMs: number): void {
    const { hls } = this;
    const level = hls.loadLevel;
    const details = hls.levels[level]?.details;
    if (!details?.live || this.#withdrawals.has(level) || !isLate(nowMs - this.#newestAtMs, details.partTarget)) return;
    if ((hls.mainForwardBufferInfo?.len ?? Number.POSITIVE_INFINITY) > THIN_SECONDS) return;
    if (nowMs - this.#probedAtMs < PROBE_INTERVAL_MS) return;
    const to = refuge(this.all(), level, hls.bandwidthEstimate, true);
    if (to === undefined) return;
    this.#probedAtMs = nowMs;
    const newest = this.#newest;
    void this.#endOf(to.index).then((there) => {
      // A slow line or a publisher that stutters makes all renditions late; another one would not help.
      if (newest !== this.#newest || there === undefined || there.gap) return;
      if (partsAhead(there, positionOf(details), partsPerSegment(details)) < 1) return;
      this.#withdraw(level, performance.now(), 'late');
      this.#go(to.index);
    });
  }

  /** A rendition that was left is used again as soon as its playlist goes on. */
  async #look(index: number): Promise<void> {
    const end = await this.#endOf(index);
    const details = this.hls.levels[this.hls.loadLevel]?.details;
    if (end === undefined || end.gap || !details || !this.#withdrawals.has(index) || this.hls.loadLevel === index) return;
    if (partsAhead(positionOf(details), end, partsPerSegment(details)) <= KEEPS_UP_PARTS) this.#restore(index);
  }

  async #endOf(index: number): Promise<PlaylistEnd | undefined> {
    const url = this.hls.levels[index]?.uri;
    if (url === undefined) return undefined;
    const text = await fetchText(this.playlistUrl(url), PROBE_TIMEOUT_MS);
    return this.#ended || text === undefined ? undefined : playlistEnd(text);
  }

  #withdraw(index: number, nowMs: number, why: string): void {
    const level = this.hls.levels[index];
    if (!this.#withdrawals.add(index, nowMs) || !level) return;
    this.#penalise(index, 1);
    this.listener.note('withdrawn', `${renditionName(level.uri)} (${why})`);
  }

  #restore(index: number): void {
    if (!this.#withdrawals.remove(index)) return;
    this.#penalise(index, 0);
    this.listener.note('returned', renditionName(this.hls.levels[index]?.uri ?? ''));
    this.apply();
  }

  /** hls.js passes over a level with errors when it chooses by itself; it forgets them when its playlist loads. */
  #penalise(index: number, errors: number): void {
    const level = this.hls.levels[index];
    if (!level) return;
    level.loadError = errors;
    level.loadErrorTime = errors === 0 ? 0 : performance.now();
  }

  #go(index: number): void {
    const { hls } = this;
    if (hls.manualLevel !== -1) hls.loadLevel = -1;
    this.#hasteTo = index;
    hls.nextAutoLevel = index;
    hls.nextLoadLevel = index;
  }
}

function positionOf(details: LevelDetails): PlaylistEnd {
  return { msn: details.lastPartSn, parts: details.lastPartIndex + 1, gap: false };
}

function partsPerSegment({ fragments, targetduration, partTarget }: LevelDetails): number {
  return Math.max(1, Math.round((fragments.at(-1)?.duration ?? targetduration) / (partTarget || targetduration)));
}
