/** What happened in a player, newest last, bounded. */
export interface LoggedEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly detail: string;
  /** How often in a row; `at` is the first time. */
  readonly times: number;
}

export class EventLog {
  readonly #events: LoggedEvent[] = [];

  constructor(
    private readonly max: number,
    private readonly now: () => number,
  ) {}

  add(kind: string, detail: string): void {
    const last = this.#events.at(-1);
    if (last?.kind === kind && last.detail === detail) {
      this.#events[this.#events.length - 1] = { ...last, times: last.times + 1 };
      return;
    }
    this.#events.push({ at: this.now(), kind, detail, times: 1 });
    if (this.#events.length > this.max) this.#events.shift();
  }

  get all(): readonly LoggedEvent[] {
    return this.#events;
  }
}
