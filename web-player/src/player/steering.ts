/** Moves the playing position and sets the rate where live-edge.ts decides, unless the viewer has gone back in time. */
import type { PlayerConfig } from '../core/config';
import { decideJump, decideRate, settlingPoint } from '../core/live-edge';
import type { Snapshot } from './engine';
import type { EventLog } from './event-log';

export class Steering {
  #following = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly config: PlayerConfig,
    private readonly events: EventLog,
  ) {}

  /** Whether the picture is kept near the live edge; not while the viewer has gone back in time. */
  get following(): boolean {
    return this.#following;
  }

  /** Forgets that the viewer went back: another source, another time. */
  reset(): void {
    this.#following = true;
  }

  /** Plays from a moment of the live window on, at normal speed. */
  seek(to: number): void {
    this.#following = false;
    this.#jump(to, 'asked for');
  }

  /** Goes to where playback at the target latency would be. */
  goLive(snapshot: Snapshot | undefined): void {
    this.#following = true;
    if (snapshot?.liveSync !== undefined) this.#jump(snapshot.liveSync, 'asked for');
  }

  /** @param gapAtEdge there is nothing at the live edge to go to */
  follow(snapshot: Snapshot, stalled: boolean, gapAtEdge: boolean): void {
    // Who went back in time stays there until the window has moved on.
    if (!this.#following && snapshot.listed && snapshot.currentTime < snapshot.listed.start) this.goLive(snapshot);
    const position = { ...snapshot, liveSync: this.#following ? snapshot.liveSync : undefined, stalled, gapAtEdge };
    const rate = decideRate(position, this.config);
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
    const decision = decideJump(position, this.config);
    if (decision.kind === 'jump') this.#jump(decision.to, decision.reason);
  }

  /** A picture that has just begun to move may skip to the live edge unnoticed, sooner than one that is being watched. */
  settle(snapshot: Snapshot | undefined): void {
    const edge = this.#following && snapshot ? settlingPoint(snapshot) : undefined;
    if (edge !== undefined) this.#jump(edge, 'settle');
  }

  #jump(to: number, reason: string): void {
    this.events.add('jump', `${this.video.currentTime.toFixed(2)} → ${to.toFixed(2)} (${reason})`);
    this.video.currentTime = to;
  }
}
