/**
 * The servers of a cluster that a page may load from. All of them have the same streams under the same paths, so that
 * whatever one does not answer is asked of another: only the origin of an address changes.
 */
export interface Edge {
  readonly id: string;
  readonly name: string;
  /** Scheme, host and port, as in `location.origin`. */
  readonly origin: string;
  /** It wants its players to go elsewhere. */
  readonly draining: boolean;
}

/** How long a server that did not answer is left alone. */
const DEAD_MS = 15_000;
/** A request that takes too long proves nothing where the server has answered another one this recently. */
const HEARD_MS = 2_500;

export class Edges {
  #edges: readonly Edge[] = [];
  readonly #deadUntilMs = new Map<string, number>();
  readonly #heardAtMs = new Map<string, number>();
  /** Ids of edges as the steering manifest wants them, best first. */
  #priority: readonly string[] = [];
  /** The edge that everything is asked of; undefined while that is wherever an address leads. */
  #used: string | undefined;
  /** Told when another edge is used from now on, and why. */
  onMoved: (to: Edge, why: string) => void = () => {};

  /**
   * @param home origin of the page or of the player's base
   * @param nowMs a monotonic clock
   */
  constructor(
    private readonly home: string,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Takes what a server said of itself and the others. An edge may be known to the page by another address than the
   * cluster knows it by; then the page's is the one that works here.
   *
   * @param self id of the server that answered, at this origin
   */
  learn(origin: string, self: string, edges: readonly Edge[]): void {
    if (edges.length === 0) return;
    this.#edges = edges.map((edge) => {
      const known = this.#edges.find(({ id }) => id === edge.id);
      if (edge.id === self) return { ...edge, origin };
      return known && this.#isHome(known) ? { ...edge, origin: known.origin } : edge;
    });
  }

  get all(): readonly Edge[] {
    return this.#edges;
  }

  /** The edge of an address; undefined for one that is none, or not known yet. */
  of(url: string): Edge | undefined {
    const origin = originOf(url);
    return this.#edges.find((edge) => edge.origin === origin);
  }

  /** The address to use in place of this one: the same path at the edge that is used, or at the next where that is dead. */
  route(url: string): string {
    const origin = originOf(url);
    if (origin === undefined || !this.#belongs(origin)) return url;
    const used = this.#edges.find(({ id }) => id === this.#used)?.origin ?? origin;
    const to = this.#isDead(used) ? (this.#next()?.origin ?? origin) : used;
    return to + url.slice(origin.length);
  }

  /** Uses the first of these that is known and not dead, as a steering manifest wants it (RFC 8216bis §7.2). */
  steer(priority: readonly string[]): void {
    this.#priority = priority;
    const wanted = this.#first(({ origin }) => !this.#isDead(origin));
    if (wanted) this.#use(wanted, 'steered');
  }

  /** A server has answered, whatever it said. */
  heard(url: string): void {
    const origin = originOf(url);
    if (origin === undefined) return;
    this.#heardAtMs.set(origin, this.nowMs());
    this.#deadUntilMs.delete(origin);
  }

  /**
   * A server did not answer.
   *
   * @param late it took too long, which proves less than a refused connection
   * @returns whether `route` now leads elsewhere
   */
  leave(url: string, late = false): boolean {
    const origin = originOf(url);
    if (origin === undefined || !this.#belongs(origin)) return false;
    const now = this.nowMs();
    if (late && now - (this.#heardAtMs.get(origin) ?? Number.NEGATIVE_INFINITY) < HEARD_MS) return false;
    this.#deadUntilMs.set(origin, now + DEAD_MS);
    const next = this.#next();
    if (next === undefined) {
      // Nobody answers: it is rather this computer's network. All are worth asking again.
      this.#deadUntilMs.clear();
      this.#used = undefined;
      return false;
    }
    this.#use(next, `${origin} does not answer`);
    return true;
  }

  #use(edge: Edge, why: string): void {
    const before = this.#edges.find(({ id }) => id === this.#used) ?? this.#edges.find((each) => this.#isHome(each));
    this.#used = edge.id;
    if (before?.id !== edge.id) this.onMoved(edge, why);
  }

  #belongs(origin: string): boolean {
    return origin === this.home || this.#edges.some((edge) => edge.origin === origin);
  }

  #isHome({ origin }: Edge): boolean {
    return origin === this.home;
  }

  #isDead(origin: string): boolean {
    return (this.#deadUntilMs.get(origin) ?? Number.NEGATIVE_INFINITY) > this.nowMs();
  }

  #next(): Edge | undefined {
    const alive = this.#edges.filter(({ origin }) => !this.#isDead(origin));
    const used = alive.find(({ id }) => id === this.#used);
    return used ?? this.#first((edge) => alive.includes(edge) && !edge.draining) ?? alive.find(({ draining }) => !draining) ?? alive[0];
  }

  /** The best by priority of those that will do. */
  #first(willDo: (edge: Edge) => boolean): Edge | undefined {
    return this.#priority.flatMap((id) => this.#edges.filter((edge) => edge.id === id)).find(willDo);
  }
}

/** The origin of an absolute http address. */
export function originOf(url: string): string | undefined {
  return /^https?:\/\/[^/?#]+/.exec(url)?.[0];
}

/** What `edge` and `edges` of an answer of the API say; empty where the server is the only one. */
export function readEdges(json: unknown): { self: string; edges: Edge[] } {
  const { edge, edges } = (typeof json === 'object' && json !== null ? json : {}) as { edge?: unknown; edges?: unknown };
  const read = (Array.isArray(edges) ? edges : []).flatMap((each: unknown): Edge[] => {
    const { id, name, url, draining } = (each ?? {}) as Record<string, unknown>;
    const origin = typeof url === 'string' ? originOf(url) : undefined;
    if (typeof id !== 'string' || origin === undefined) return [];
    return [{ id, name: typeof name === 'string' ? name : id, origin, draining: draining === true }];
  });
  return { self: typeof edge === 'string' ? edge : '', edges: read };
}
