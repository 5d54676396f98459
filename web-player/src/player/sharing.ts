/** Sharing with other viewers as the page has it: whether it may be, whether it is, and how it goes. */
import type { Edges } from '../core/edges';
import { newTally, obstacle, readConsent, readSharing, type Consent, type Line, type SharingOffer } from '../core/sharing';
import { fetchFrom } from './server';
import type { Swarm, SwarmOptions } from './swarm';

/** The bundle with p2p-media-loader, relative to this one; written in by the build. */
declare const SWARM_BUNDLE: string;

const CONSENT = 'millrace.sharing';

export class Sharing {
  readonly tally = newTally();
  #consent: Consent = storedConsent();
  #swarm: Swarm | undefined;

  private constructor(
    readonly offer: SharingOffer,
    private readonly edges: Edges,
    private readonly make: (options: SwarmOptions) => Swarm,
  ) {}

  /** Asks the server; undefined where this viewer cannot share, also because the server does not answer. Never rejects. */
  static async prepare(edges: Edges, url: string, timeoutMs: number): Promise<Sharing | undefined> {
    const { connection } = navigator as { connection?: Line };
    if (obstacle(connection, 'RTCPeerConnection' in globalThis) !== '') return undefined;
    try {
      const response = await fetchFrom(edges, url, timeoutMs, { cache: 'no-store' });
      const offer = response.ok ? readSharing(await response.json(), response.url) : undefined;
      if (offer === undefined) return undefined;
      const bundle = (await import(new URL(SWARM_BUNDLE, import.meta.url).href)) as { Swarm: typeof Swarm };
      return new Sharing(offer, edges, (options) => new bundle.Swarm(options));
    } catch {
      return undefined;
    }
  }

  /** For one life of hls.js. */
  newSwarm(note: SwarmOptions['note']): Swarm {
    this.tally.viewers = 0;
    const { offer, edges, tally } = this;
    this.#swarm = this.make({ offer, route: (url) => edges.route(url), tally, sharing: this.on, note });
    return this.#swarm;
  }

  get on(): boolean {
    return this.#consent === 'on';
  }

  get consent(): Consent {
    return this.#consent;
  }

  /** What the viewer says, remembered in this browser. */
  set consent(consent: 'on' | 'off') {
    this.#consent = consent;
    try {
      localStorage.setItem(CONSENT, consent);
    } catch {
      // Then it holds for this page only.
    }
    if (this.#swarm) this.#swarm.sharing = this.on;
  }
}

function storedConsent(): Consent {
  try {
    return readConsent(localStorage.getItem(CONSENT));
  } catch {
    return undefined;
  }
}
