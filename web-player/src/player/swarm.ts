/**
 * p2p-media-loader on hls.js. A bundle of its own, loaded only by those who may share. It takes over the loading of
 * segments; playlists and initialization sections go their own way.
 */
import type Hls from 'hls.js';
import type { FragmentLoaderContext, HlsConfig, Loader, LoaderCallbacks, LoaderConfiguration } from 'hls.js';
import { HlsJsP2PEngine } from 'p2p-media-loader-hlsjs';
import { SegmentHashes } from '../core/segment-hashes';
import { digest } from '../core/sha256';
import type { ShareTally, SharingOffer } from '../core/sharing';

export interface SwarmOptions {
  readonly offer: SharingOffer;
  /** Where an address is asked for now, as `Edges.route`. */
  readonly route: (url: string) => string;
  readonly tally: ShareTally;
  readonly sharing: boolean;
  readonly note: (kind: string, detail: string) => void;
}

/** Seconds ahead of the picture at which a segment is fetched from the server, if no viewer has brought it until then. */
const URGENT_SECONDS = { least: 3, most: 8 };
const HASHES_AGAIN_MS = 500;
/** The bytes that a page keeps for others: about as much as the playlist lists of a large picture. */
const STORED_MIB = 64;

type FragmentLoader = new (config: HlsConfig) => Loader<FragmentLoaderContext>;

/** What of the library's core is named otherwise here; private there. */
interface Core {
  addStreamIfNoneExists(stream: { runtimeId: string; type: string; index: string }): void;
}

export class Swarm {
  readonly #engine: HlsJsP2PEngine;
  /** Segments that the server sends whole just now: nothing of what is kept of them came from viewers. */
  readonly #whole = new Set<string>();
  #sharing: boolean;

  constructor(private readonly options: SwarmOptions) {
    const { offer, route, sharing } = options;
    this.#sharing = sharing;
    const hashes = new SegmentHashes(
      offer.hashes,
      async (url) => (await fetch(route(url), { cache: 'no-store' })).json() as Promise<unknown>,
      digest,
      () => new Promise((resolve) => setTimeout(resolve, HASHES_AGAIN_MS)),
    );
    const isGenuine = async (url: string, data: ArrayBuffer): Promise<boolean> => {
      const genuine = await hashes.isGenuine(url, data);
      if (!genuine) {
        options.tally.rejected++;
        options.note('swarm', `not genuine: ${url}`);
      }
      return genuine;
    };
    this.#engine = new HlsJsP2PEngine({
      core: {
        segmentMemoryStorageLimit: STORED_MIB,
        swarmId: offer.swarm,
        announceTrackers: [...offer.trackers],
        rtcConfig: { iceServers: offer.stun.length === 0 ? [] : [{ urls: [...offer.stun] }] },
        // Pages are equally far behind, to a tenth of a second: with one window for all they would ask the server all at once.
        highDemandTimeWindow: URGENT_SECONDS.least + Math.random() * (URGENT_SECONDS.most - URGENT_SECONDS.least),
        simultaneousP2PDownloads: 3,
        isP2PDisabled: !sharing,
        validateP2PSegment: (url, _range, data) => isGenuine(url, data),
        // What viewers began and the server completed, or what came whole from viewers but late, ends up here, too.
        validateHTTPSegment: async (url, _range, data) => this.#whole.delete(url) || isGenuine(url, data),
        // Without a range: what a viewer has sent of it is not kept, since it would be known to be wrong only at the end.
        httpRequestSetup: async (url, _range, signal) => {
          this.#whole.add(url);
          return new Request(route(url), { signal });
        },
      },
    });
    this.#nameStreams();
    this.#count();
  }

  /**
   * For hls.js' configuration. When sharing ends, the library fails the segment that it was to bring, which hls.js would
   * take for an error of the server's, one not worth another try: instead it is asked for from the server at once.
   */
  get loader(): NonNullable<HlsConfig['fLoader']> {
    const sharing = () => this.#sharing;
    const Shared = this.#engine.getConfigForHlsJs().fLoader as FragmentLoader;
    class Whichever extends Shared {
      override load(context: FragmentLoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<FragmentLoaderContext>): void {
        const alone = () => super.load(context, config, callbacks);
        const shared = sharing();
        super.load(context, config, {
          ...callbacks,
          onError: (...error) => (shared && !sharing() ? alone() : callbacks.onError(...error)),
        });
      }
    }
    return Whichever as unknown as NonNullable<HlsConfig['fLoader']>;
  }

  /** Before anything is loaded. Ends with hls.js. */
  bind(hls: Hls): void {
    this.#engine.bindHls(hls);
    // The library listens to hls.js from the moment its own playlist loader is made, in whose place the page has another.
    const { pLoader } = this.#engine.getConfigForHlsJs();
    new (pLoader as new (config: HlsConfig) => unknown)(hls.config);
  }

  set sharing(on: boolean) {
    this.#sharing = on;
    if (!on) this.options.tally.viewers = 0;
    this.#engine.applyDynamicConfig({ core: { isP2PDisabled: !on } });
  }

  /**
   * The library tells renditions apart by BANDWIDTH among others, which is measured here and so changes while a stream is
   * live: pages that came at different times would never meet. The rendition's name is the same for all.
   */
  #nameStreams(): void {
    const { core } = this.#engine as unknown as { core: Core };
    const add = core.addStreamIfNoneExists.bind(core);
    core.addStreamIfNoneExists = (stream) => add({ ...stream, index: new URL(stream.runtimeId).pathname.split('/').at(-2) ?? '' });
  }

  #count(): void {
    const { tally, note } = this.options;
    const engine = this.#engine;
    const connected = new Set<string>();
    engine.addEventListener('onSegmentStart', ({ segment, downloadSource }) => {
      if (downloadSource === 'p2p') this.#whole.delete(segment.url);
    });
    engine.addEventListener('onSegmentAbort', ({ segment }) => this.#whole.delete(segment.url));
    engine.addEventListener('onSegmentError', ({ segment }) => this.#whole.delete(segment.url));
    engine.addEventListener('onSegmentLoaded', ({ bytesLength, downloadSource }) => {
      if (downloadSource === 'p2p') tally.fromViewers += bytesLength;
      else tally.fromServer += bytesLength;
    });
    engine.addEventListener('onChunkUploaded', (bytes) => (tally.toViewers += bytes));
    engine.addEventListener('onPeerConnect', ({ peerId, streamType }) => {
      connected.add(streamType + peerId);
      tally.viewers = connected.size;
    });
    engine.addEventListener('onPeerClose', ({ peerId, streamType }) => {
      connected.delete(streamType + peerId);
      tally.viewers = connected.size;
    });
    engine.addEventListener('onTrackerError', ({ error }) => note('tracker', String(error)));
    engine.addEventListener('onTrackerWarning', ({ warning }) => note('tracker', String(warning)));
  }
}
