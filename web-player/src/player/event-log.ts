/** What happened in a player, newest last, bounded. */
export interface LoggedEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly detail: string;
}

export class EventLog {
  readonly #events: LoggedEvent[] = [];

  constructor(
    private readonly max: number,
    private readonly now: () => number,
  ) {}

  add(kind: string, detail: string): void {
    this.#events.push({ at: this.now(), kind, detail });
    if (this.#events.length > this.max) this.#events.shift();
  }

  get all(): readonly LoggedEvent[] {
    return this.#events;
  }
}
