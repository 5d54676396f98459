/**
 * What segments must be, as the edge says (`hashes.json` beside a rendition's playlists), for those that came from another
 * viewer. What the edge does not know is not genuine.
 */
const ATTEMPTS = 4;
/** As many as two renditions list in some minutes. */
const MOST = 256;

export class SegmentHashes {
  readonly #known = new Map<string, string>();
  readonly #asking = new Map<string, Promise<void>>();

  /**
   * @param file name of the answer, relative to a segment's address
   * @param ask reads JSON; rejects where it cannot
   * @param digest SHA-256, hexadecimal
   * @param wait until it is worth asking again
   */
  constructor(
    private readonly file: string,
    private readonly ask: (url: string) => Promise<unknown>,
    private readonly digest: (data: ArrayBuffer) => Promise<string>,
    private readonly wait: () => Promise<void>,
  ) {}

  /** Whether these are the bytes that this address has at the edge. Never rejects. */
  async isGenuine(url: string, data: ArrayBuffer): Promise<boolean> {
    const [hash, wanted] = await Promise.all([this.digest(data), this.#hashOf(url)]);
    return hash === wanted;
  }

  async #hashOf(url: string): Promise<string | undefined> {
    for (let attempt = 1; ; attempt++) {
      const known = this.#known.get(url);
      if (known !== undefined || attempt > ATTEMPTS) return known;
      if (attempt > 1) await this.wait();
      await this.#refresh(new URL(this.file, url).href);
    }
  }

  /** Those who ask together are answered together. */
  #refresh(address: string): Promise<void> {
    const running = this.#asking.get(address);
    if (running !== undefined) return running;
    const asked = this.ask(address)
      .then((json) => this.#learn(address, json))
      .catch(() => undefined)
      .finally(() => this.#asking.delete(address));
    this.#asking.set(address, asked);
    return asked;
  }

  #learn(address: string, json: unknown): void {
    const { sha256 } = (json ?? {}) as { sha256?: unknown };
    for (const [name, hash] of Object.entries((sha256 ?? {}) as Record<string, unknown>)) {
      if (typeof hash === 'string') this.#known.set(new URL(name, address).href, hash);
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
  }
}
