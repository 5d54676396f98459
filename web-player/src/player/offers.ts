/** Watches what the server encodes beside what the player knows: facts every few seconds, renditions that are new. */
import type { StreamFacts } from '../core/api';
import type { PlayerConfig } from '../core/config';
import type { Edges } from '../core/edges';
import { encodedNames } from '../core/ladder';
import { withViewer } from '../core/playlist-url';
import type { Rendition } from '../core/quality';
import { newcomers } from '../core/renewal';
import { variantsOf } from '../core/variants';
import { fetchFacts, fetchText } from './server';

export interface OffersOptions {
  readonly source: string;
  readonly facts: string;
  readonly viewer: string;
  readonly config: PlayerConfig;
  readonly edges: Edges;
  /** What the engine has read; empty while there is no engine. */
  readonly known: () => readonly Rendition[];
  readonly onChange: () => void;
}

export class Offers {
  #facts: StreamFacts | undefined;
  #fresh: readonly Rendition[] = [];
  #asking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(private readonly options: OffersOptions) {
    void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#asking);
  }

  get facts(): StreamFacts | undefined {
    return this.#facts;
  }

  /** Renditions that the engine does not know. */
  get fresh(): readonly Rendition[] {
    const known = this.options.known();
    return this.#fresh.filter((rendition) => known.every((other) => other.name !== rendition.name));
  }

  async #ask(): Promise<void> {
    const { config, facts, edges } = this.options;
    if (!document.hidden) {
      this.#facts = (await fetchFacts(edges, facts, config.requestTimeoutMs)) ?? this.#facts;
      await this.#lookForNew();
    }
    if (this.#stopped) return;
    this.options.onChange();
    this.#asking = setTimeout(() => void this.#ask(), config.factsMs);
  }

  async #lookForNew(): Promise<void> {
    const ladder = this.#facts?.ladder;
    const known = this.options.known();
    const missing = ladder ? encodedNames(ladder).filter((name) => known.every((rendition) => rendition.name !== name)) : [];
    if (known.length === 0 || missing.length === 0) {
      this.#fresh = [];
      return;
    }
    const { source, viewer, config, edges } = this.options;
    const text = await fetchText(withViewer(source, viewer), config.requestTimeoutMs, edges);
    if (text !== undefined) this.#fresh = newcomers(variantsOf(text), known);
  }
}
