/**
 * One life of hls.js on one media element: from reading the multivariant playlist to the first fatal error. It turns
 * hls.js' events into signals of the state machine, and its getters into one snapshot. Whoever wants another attempt
 * makes another engine.
 */
import Hls, { type ErrorData, type FragLoadedData, type LevelDetails } from 'hls.js';
import { unsupportedCodecs } from '../core/codecs';
import type { PlayerConfig } from '../core/config';
import type { Edges } from '../core/edges';
import { describeError, toPlayerError, type PlayerError } from '../core/errors';
import type { Range } from '../core/live-edge';
import type { Signal } from '../core/machine';
import { playableManifest } from '../core/manifest';
import { withViewer } from '../core/playlist-url';
import { AUDIO_ONLY, type Choice, type Rendition } from '../core/quality';
import { RateWindow } from '../core/rate-window';
import { audioOnlyManifest, offersAudioOnly, variantsOf } from '../core/variants';
import { ranges, rangesOf } from './buffered';
import { hlsConfig, supports } from './hls-config';
import { editingLoader } from './manifest-loader';
import { coverEarlierParts } from './part-cover';
import { patientAbr } from './patient-abr';
import { Rungs } from './rungs';
import type { Swarm } from './swarm';

export interface EngineListener {
  signal(signal: Signal): void;
  /** For the list of events: what happened, in a few words. */
  note(kind: string, detail: string): void;
}

/** All there is to know about playback at one instant. Seconds of media time, bits per second. */
export interface Snapshot {
  readonly currentTime: number;
  readonly buffered: readonly Range[];
  readonly latency: number;
  readonly targetLatency: number;
  readonly liveSync: number | undefined;
  /** The media that the playlist lists; undefined while none is known or it is not live. */
  readonly listed: Range | undefined;
  readonly segmentSeconds: number;
  /** Wall time of the picture shown, by EXT-X-PROGRAM-DATE-TIME. */
  readonly playingDate: Date | undefined;
  readonly independentSegments: boolean;
  readonly hasVideo: boolean;
  readonly codecs: string;
  /** Audio codecs of the stream that do not play here, so that there is a picture without sound. */
  readonly silenced: readonly string[];
  readonly frameRate: number;
  readonly mediaBps: number;
  readonly bandwidthBps: number;
  /** The video renditions that there are to choose from, from the smallest up. */
  readonly renditions: readonly Rendition[];
  /** Index of the rendition on the screen, and of the one being loaded; -1 for none. */
  readonly playing: number;
  readonly loading: number;
  /** The stream can be had without its picture. */
  readonly offersAudioOnly: boolean;
  /** It is being played without its picture. */
  readonly audioOnly: boolean;
  readonly switches: number;
  readonly withdrawals: number;
  /** What each track has buffered, by the name of its SourceBuffer. */
  readonly tracks: Readonly<Record<string, readonly Range[]>>;
  /** The edge that playlists and media come from; empty where there is only one. */
  readonly edge: string;
}

/** Media errors that hls.js can usually recover from by a new SourceBuffer; more often than this it cannot. */
const RECOVERY_INTERVAL_MS = 10_000;

export class Engine {
  static get supported(): boolean {
    return Hls.isSupported();
  }

  readonly #hls: Hls;
  readonly #rungs: Rungs;
  #offersAudioOnly = false;
  #buffers: Readonly<Record<string, SourceBuffer>> = {};
  #switches = -1;
  readonly #rates = { video: new RateWindow(6), audio: new RateWindow(6) };
  #independent = true;
  #manifestCodecs = '';
  #silenced: readonly string[] = [];
  #recoveredAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly video: HTMLVideoElement,
    source: string,
    viewer: string,
    config: PlayerConfig,
    private readonly choice: Choice,
    private readonly edges: Edges,
    private readonly listener: EngineListener,
    swarm: Swarm | undefined,
  ) {
    this.#hls = new Hls({
      ...hlsConfig(config, viewer, edges),
      pLoader: editingLoader(edges, (text) => this.#onText(text)),
      abrController: patientAbr(() => this.#rungs.mayChange()),
      ...(swarm ? { fLoader: swarm.loader } : {}),
    });
    swarm?.bind(this.#hls);
    this.#rungs = new Rungs(this.#hls, choice, (url) => edges.route(withViewer(url, viewer)), listener);
    edges.onMoved = ({ name }, why) => listener.note('edge', `${name} (${why})`);
    this.#listen();
    this.#hls.attachMedia(video);
    this.#hls.loadSource(source);
  }

  destroy(): void {
    this.#rungs.stop();
    this.#hls.destroy();
  }

  /** Takes another rendition, without a break; to and from sound alone only another engine leads. */
  choose(choice: Choice): void {
    this.#rungs.choose(choice);
  }

  /** Called some times a second. */
  tick(nowMs: number): void {
    this.#rungs.tick(nowMs);
  }

  /** The publisher's absence counted as stalls and pushed the target away from the edge; that was no fault of the network. */
  forgetStalls(): void {
    const target = this.#hls.latestLevelDetails?.partHoldBack;
    if (target) this.#hls.targetLatency = target;
  }

  /** Wall time of a media time by EXT-X-PROGRAM-DATE-TIME, milliseconds since 1970. */
  wallTimeAt(time: number): number | undefined {
    const fragment = this.#hls.latestLevelDetails?.fragments.findLast(({ start }) => start <= time);
    const { programDateTime } = fragment ?? {};
    return fragment && typeof programDateTime === 'number' ? programDateTime + (time - fragment.start) * 1000 : undefined;
  }

  snapshot(): Snapshot {
    const hls = this.#hls;
    const details = hls.latestLevelDetails;
    const level = hls.levels[hls.currentLevel] ?? hls.levels[hls.loadLevel] ?? hls.levels[0];
    return {
      currentTime: this.video.currentTime,
      buffered: ranges(this.video.buffered),
      latency: hls.latency,
      targetLatency: hls.targetLatency ?? Number.NaN,
      liveSync: details?.live ? (hls.liveSyncPosition ?? undefined) : undefined,
      listed: details?.live ? { start: details.fragmentStart, end: details.edge } : undefined,
      segmentSeconds: details?.targetduration ?? 0,
      playingDate: hls.playingDate ?? undefined,
      independentSegments: this.#independent,
      hasVideo: level?.videoCodec !== undefined || (level?.width ?? 0) > 0,
      codecs: level?.attrs['CODECS'] ?? '',
      silenced: this.#silenced,
      frameRate: level?.frameRate ?? 0,
      mediaBps: this.#rates.video.bps + this.#rates.audio.bps,
      bandwidthBps: hls.bandwidthEstimate,
      renditions: this.#rungs.all(),
      playing: hls.currentLevel,
      loading: hls.loadLevel,
      offersAudioOnly: this.#offersAudioOnly,
      audioOnly: this.#audioOnly,
      switches: Math.max(0, this.#switches),
      withdrawals: this.#rungs.withdrawals,
      edge: this.#edge(),
      tracks: Object.fromEntries(Object.entries(this.#buffers).map(([type, buffer]) => [type, rangesOf(buffer)])),
    };
  }

  #edge(): string {
    const url = this.#hls.levels[Math.max(0, this.#hls.loadLevel)]?.uri;
    return url === undefined ? '' : (this.edges.of(this.edges.route(url))?.name ?? '');
  }

  #listen(): void {
    const hls = this.#hls;
    hls.on(Hls.Events.MANIFEST_LOADED, () => this.#onManifest());
    hls.on(Hls.Events.LEVEL_UPDATED, (_, data) => this.#onPlaylist(data.level, data.details));
    hls.on(Hls.Events.FRAG_LOADED, (_, data) => this.#onMedia(data));
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data));
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => {
      this.#switches++;
      this.listener.note('level', `${hls.levels[data.level]?.height ?? 0}p`);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, (_, data) => {
      const { audio } = this.#buffers;
      if (data.frag.type === 'main') this.#rungs.onBuffered(data.frag.level);
      if (audio) coverEarlierParts(hls, data, rangesOf(audio));
    });
    hls.on(Hls.Events.BUFFER_CREATED, (_, { tracks }) => {
      const created = Object.entries(tracks).flatMap(([type, { buffer }]) => (buffer ? [[type, buffer as SourceBuffer] as const] : []));
      this.#buffers = Object.fromEntries(created);
    });
  }

  /** The multivariant playlist as the server sent it; what is returned is what hls.js reads. */
  #onText(text: string): string {
    if (!text.includes('#EXT-X-INDEPENDENT-SEGMENTS')) this.#dependent();
    this.#manifestCodecs = /CODECS="([^"]*)"/.exec(text)?.[1] ?? '';
    this.#offersAudioOnly = offersAudioOnly(variantsOf(text));
    if (this.#audioOnly) return audioOnlyManifest(text);
    const playable = playableManifest(text, supports);
    this.#silenced = playable.silenced;
    return playable.text;
  }

  #onManifest(): void {
    if (this.#hls.levels.length === 0) return;
    this.listener.signal({ kind: 'manifest' });
    this.#rungs.apply();
    // Where a segment may begin without a key frame, join at the oldest media: a key frame is there rather than at the
    // edge, and the jump to the edge follows as soon as it is decodable from there.
    this.#hls.startLoad(this.#independent ? -1 : 0);
  }

  /** Some segments begin without a key frame. */
  #dependent(): void {
    this.#independent = false;
    this.#hls.config.backBufferLength = Number.POSITIVE_INFINITY;
  }

  get #audioOnly(): boolean {
    return this.choice === AUDIO_ONLY && this.#offersAudioOnly;
  }

  #onPlaylist(level: number, details: LevelDetails): void {
    if (details.partList?.some((part) => part.index === 0 && !part.independent && !part.gap)) this.#dependent();
    if (!details.live) return this.listener.signal({ kind: 'endlist' });
    const said = this.#rungs.onPlaylist(level, details, performance.now());
    if (said) this.listener.signal({ kind: said });
  }

  #onMedia({ frag, part }: FragLoadedData): void {
    const piece = part ?? frag;
    const rate = frag.type === 'audio' ? this.#rates.audio : this.#rates.video;
    rate.add(piece.stats.loaded, piece.duration);
  }

  #onError(data: ErrorData): void {
    // Said for each gap while the publisher is away; gapAtEdge has told it already.
    if (data.details === Hls.ErrorDetails.FRAG_GAP) return;
    const status = data.response?.code ?? data.networkDetails?.status;
    const unsupported = unsupportedCodecs(this.#manifestCodecs, supports);
    const error = toPlayerError({ type: data.type, details: data.details, fatal: data.fatal, status }, unsupported);
    this.listener.note(error.fatal ? 'fatal' : 'error', `${data.details}: ${describeError(error)}`);
    if (error.fatal && error.kind === 'media' && this.#recover()) return;
    this.listener.signal({ kind: 'failed', error: withDetail(error, data) });
  }

  #recover(): boolean {
    const now = performance.now();
    if (now - this.#recoveredAtMs < RECOVERY_INTERVAL_MS) return false;
    this.#recoveredAtMs = now;
    this.listener.note('recover', 'new source buffers');
    this.#hls.recoverMediaError();
    return true;
  }
}

function withDetail(error: PlayerError, data: ErrorData): PlayerError {
  return error.kind === 'media' && data.error?.message ? { ...error, detail: `${error.detail}: ${data.error.message}` } : error;
}
