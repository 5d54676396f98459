/**
 * One life of hls.js on one media element: from reading the multivariant playlist to the first fatal error. It turns
 * hls.js' events into signals of the state machine, and its getters into one snapshot. Whoever wants another attempt
 * makes another engine.
 */
import Hls, { type ErrorData, type FragLoadedData, type HlsConfig, type LevelDetails, type RetryConfig } from 'hls.js';
import { unsupportedCodecs } from '../core/codecs';
import type { PlayerConfig } from '../core/config';
import { describeError, toPlayerError, type PlayerError } from '../core/errors';
import type { Range } from '../core/live-edge';
import type { Signal } from '../core/machine';
import { isAudio, playableManifest } from '../core/manifest';
import { withViewer } from '../core/playlist-url';
import { RateWindow } from '../core/rate-window';
import { editingLoader } from './manifest-loader';

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
}

/** Media errors that hls.js can usually recover from by a new SourceBuffer; more often than this it cannot. */
const RECOVERY_INTERVAL_MS = 10_000;

/**
 * A playlist of a stream that has just begun holds parts but no whole segment, which hls.js takes for empty: worth asking
 * again for longer than any first segment lasts.
 */
const MAX_EMPTY = 100;
/** A playlist that fails more often than this is left to the state machine, which asks the server why. */
const MAX_FAILED = 4;

export class Engine {
  static get supported(): boolean {
    return Hls.isSupported();
  }

  readonly #hls: Hls;
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
    private readonly listener: EngineListener,
  ) {
    this.#hls = new Hls({ ...hlsConfig(config, viewer), pLoader: editingLoader((text) => this.#onText(text)) });
    this.#listen();
    this.#hls.attachMedia(video);
    this.#hls.loadSource(source);
  }

  destroy(): void {
    this.#hls.destroy();
  }

  /** The publisher's absence counted as stalls and pushed the target away from the edge; that was no fault of the network. */
  forgetStalls(): void {
    const target = this.#hls.latestLevelDetails?.partHoldBack;
    if (target) this.#hls.targetLatency = target;
  }

  snapshot(): Snapshot {
    const hls = this.#hls;
    const level = hls.levels[hls.currentLevel] ?? hls.levels[hls.loadLevel] ?? hls.levels[0];
    return {
      currentTime: this.video.currentTime,
      buffered: ranges(this.video.buffered),
      latency: hls.latency,
      targetLatency: hls.targetLatency ?? Number.NaN,
      liveSync: hls.latestLevelDetails?.live ? (hls.liveSyncPosition ?? undefined) : undefined,
      playingDate: hls.playingDate ?? undefined,
      independentSegments: this.#independent,
      hasVideo: level?.videoCodec !== undefined || (level?.width ?? 0) > 0,
      codecs: level?.attrs['CODECS'] ?? '',
      silenced: this.#silenced,
      frameRate: level?.frameRate ?? 0,
      mediaBps: this.#rates.video.bps + this.#rates.audio.bps,
      bandwidthBps: hls.bandwidthEstimate,
    };
  }

  #listen(): void {
    const hls = this.#hls;
    hls.on(Hls.Events.MANIFEST_LOADED, () => this.#onManifest());
    hls.on(Hls.Events.LEVEL_UPDATED, (_, data) => this.#onPlaylist(data.details));
    hls.on(Hls.Events.FRAG_LOADED, (_, data) => this.#onMedia(data));
    hls.on(Hls.Events.ERROR, (_, data) => this.#onError(data));
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => this.listener.note('level', `${hls.levels[data.level]?.height ?? 0}p`));
  }

  /** The multivariant playlist as the server sent it; what is returned is what hls.js reads. */
  #onText(text: string): string {
    if (!text.includes('#EXT-X-INDEPENDENT-SEGMENTS')) this.#dependent();
    this.#manifestCodecs = /CODECS="([^"]*)"/.exec(text)?.[1] ?? '';
    const playable = playableManifest(text, supports);
    this.#silenced = playable.silenced;
    return playable.text;
  }

  #onManifest(): void {
    if (this.#hls.levels.length === 0) return;
    this.listener.signal({ kind: 'manifest' });
    // Where a segment may begin without a key frame, join at the oldest media: a key frame is there rather than at the
    // edge, and the jump to the edge follows as soon as it is decodable from there.
    this.#hls.startLoad(this.#independent ? -1 : 0);
  }

  /** Some segments begin without a key frame. */
  #dependent(): void {
    this.#independent = false;
    this.#hls.config.backBufferLength = Number.POSITIVE_INFINITY;
  }

  #onPlaylist(details: LevelDetails): void {
    if (details.partList?.some((part) => part.index === 0 && !part.independent && !part.gap)) this.#dependent();
    if (!details.live) return this.listener.signal({ kind: 'endlist' });
    const newest = details.partList?.at(-1) ?? details.fragments.at(-1);
    if (newest) this.listener.signal({ kind: newest.gap ? 'gapAtEdge' : 'mediaAtEdge' });
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

function hlsConfig(config: PlayerConfig, viewer: string): Partial<HlsConfig> {
  const playlistPolicy = {
    default: {
      // A blocking reload is held for up to three target durations (RFC 8216bis §6.2.5.2).
      maxTimeToFirstByteMs: 15_000,
      maxLoadTimeMs: 20_000,
      timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: {
        maxNumRetry: MAX_EMPTY,
        retryDelayMs: 250,
        maxRetryDelayMs: 300,
        shouldRetry: (_policy, count, _timeout, response, retry) => retry && (response?.code === 200 || count < MAX_FAILED),
      } satisfies RetryConfig,
    },
  };
  return {
    debug: config.debug,
    lowLatencyMode: true,
    // The target latency is the playlist's PART-HOLD-BACK (HOLD-BACK without parts): liveSyncDuration stays unset.
    // The rate is steered by live-edge.ts.
    maxLiveSyncPlaybackRate: 1,
    liveSyncOnStallIncrease: 0.4,
    liveDurationInfinity: true,
    backBufferLength: config.backBufferSeconds,
    startFragPrefetch: true,
    autoStartLoad: false,
    // Media is fMP4 already, so there is next to nothing for a worker to do, and no blob: URL is needed.
    enableWorker: false,
    // The state machine retries the multivariant playlist itself, by what the server says about the stream.
    manifestLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 8_000,
        maxLoadTimeMs: 10_000,
        timeoutRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
      },
    },
    playlistLoadPolicy: playlistPolicy,
    xhrSetup: (xhr, url) => {
      const counted = withViewer(url, viewer);
      if (counted !== url) xhr.open('GET', counted, true);
    },
  };
}

function withDetail(error: PlayerError, data: ErrorData): PlayerError {
  return error.kind === 'media' && data.error?.message ? { ...error, detail: `${error.detail}: ${data.error.message}` } : error;
}

function supports(codec: string): boolean {
  const type = isAudio(codec) ? 'audio' : 'video';
  return Hls.getMediaSource()?.isTypeSupported(`${type}/mp4;codecs="${codec}"`) ?? false;
}

function ranges(buffered: TimeRanges): Range[] {
  return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
}
