/** Watches whether the picture advances by itself. Time is passed in. */
export type Progress = 'moved' | 'still' | 'stalled' | 'stuck';

/** Movements smaller than this are rounding of the media clock. */
const MOVE_SECONDS = 0.01;

export class ProgressWatch {
  #position = Number.NaN;
  #stillSinceMs = 0;
  #stallTold = false;

  constructor(private readonly stallMs: number) {}

  /** Forgets the position: after a pause or with a new source, waiting begins anew. */
  reset(nowMs: number): void {
    this.#position = Number.NaN;
    this.#stillSinceMs = nowMs;
    this.#stallTold = false;
  }

  /** After a seek: the next position is no movement, and the wait goes on. */
  rebase(): void {
    this.#position = Number.NaN;
  }

  /** @param stuckMs how long standing still is bearable now; "stuck" is told once each time it has passed */
  observe(nowMs: number, position: number, stuckMs: number): Progress {
    const before = this.#position;
    this.#position = position;
    if (position - before >= MOVE_SECONDS) {
      this.#stillSinceMs = nowMs;
      this.#stallTold = false;
      return 'moved';
    }
    const stillMs = nowMs - this.#stillSinceMs;
    if (stillMs >= stuckMs) {
      this.#stillSinceMs = nowMs;
      return 'stuck';
    }
    if (stillMs < this.stallMs || this.#stallTold) return 'still';
    this.#stallTold = true;
    return 'stalled';
  }

  /** Milliseconds without movement. */
  stillMs(nowMs: number): number {
    return nowMs - this.#stillSinceMs;
  }
}
