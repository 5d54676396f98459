import Hls, { type HlsConfig, type RetryConfig } from 'hls.js';
import { isAudio } from '../core/codecs';
import type { PlayerConfig } from '../core/config';
import type { Edges } from '../core/edges';
import { withViewer } from '../core/playlist-url';
import { failoverLoader } from './failover-loader';

/**
 * A playlist of a stream that has just begun holds parts but no whole segment, which hls.js takes for empty: worth asking
 * again for longer than any first segment lasts.
 */
const MAX_EMPTY = 100;
/** A playlist that fails more often than this is left to the state machine, which asks the server why. */
const MAX_FAILED = 4;

/** One segment less than the classic view is behind: all that there is. Set, or p2p-media-loader shortens it. */
const CLASSIC_BUFFER_SECONDS = 14;

export function hlsConfig(config: PlayerConfig, viewer: string, edges: Edges): Partial<HlsConfig> {
  const playlistPolicy = {
    default: {
      // A blocking reload is held for up to three target durations (RFC 8216bis §6.2.5.2).
      maxTimeToFirstByteMs: 15_000,
      maxLoadTimeMs: 20_000,
      // hls.js gives a blocking reload three parts' time; while a publisher is away a playlist goes on once a segment.
      timeoutRetry: { maxNumRetry: 3, retryDelayMs: 0, maxRetryDelayMs: 0 },
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
    lowLatencyMode: !config.classic,
    ...(config.classic ? { maxBufferLength: CLASSIC_BUFFER_SECONDS, maxMaxBufferLength: CLASSIC_BUFFER_SECONDS } : {}),
    // The target latency is the playlist's PART-HOLD-BACK (HOLD-BACK without parts): liveSyncDuration stays unset.
    // The rate is steered by live-edge.ts.
    maxLiveSyncPlaybackRate: 1,
    liveSyncOnStallIncrease: 0.4,
    liveDurationInfinity: true,
    // No more picture than the screen shows; beyond two device pixels a point nobody sees a difference.
    capLevelToPlayerSize: true,
    maxDevicePixelRatio: 2,
    // hls.js weighs a measurement of the line by how long the load took. Parts of half a second load in no time on a good
    // line, so that with its half-lives of 3 and 9 s of loading a larger picture comes back after minutes.
    abrEwmaFastLive: 1,
    abrEwmaSlowLive: 2,
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
    // A few hundred bytes, asked for again after some seconds in any case.
    steeringManifestLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 3_000,
        maxLoadTimeMs: 4_000,
        timeoutRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 },
      },
    },
    loader: failoverLoader(edges) as unknown as HlsConfig['loader'],
    // Called for each attempt, so that the next one goes to where the loader has found an answer.
    xhrSetup: (xhr, url) => {
      const counted = edges.route(withViewer(url, viewer));
      if (counted !== url) xhr.open('GET', counted, true);
    },
  };
}

export function supports(codec: string): boolean {
  const type = isAudio(codec) ? 'audio' : 'video';
  return Hls.getMediaSource()?.isTypeSupported(`${type}/mp4;codecs="${codec}"`) ?? false;
}
