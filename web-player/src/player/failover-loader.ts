import Hls, {
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type RetryConfig,
} from 'hls.js';
import type { Edges } from '../core/edges';

type AnyLoader = new (config: HlsConfig) => Loader<LoaderContext>;

/**
 * hls.js' own loader, which asks another edge at once when one does not answer: names are the same on all of them. hls.js
 * never learns of it, and so neither tries its other renditions on the dead server first, nor takes requests that were
 * under way for failures of the edge it has gone to meanwhile. Where each attempt goes is decided by `Edges.route` when
 * the request is opened (hls-config.ts).
 */
export function failoverLoader(edges: Edges): AnyLoader {
  return class extends (Hls.DefaultConfig.loader as unknown as AnyLoader) {
    override load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      const target = () => edges.route(context.url);
      let asked = target();
      const next = (late: boolean): boolean => {
        const left = edges.leave(asked, late);
        asked = target();
        return left;
      };
      const { errorRetry, timeoutRetry } = config.loadPolicy;
      const loadPolicy = {
        ...config.loadPolicy,
        errorRetry: retrying(errorRetry, (status) => status === 0 && next(false)),
        timeoutRetry: retrying(timeoutRetry, () => next(true)),
      };
      super.load(context, { ...config, loadPolicy }, {
        ...callbacks,
        onSuccess: (...args) => {
          edges.heard(asked);
          callbacks.onSuccess(...args);
        },
        onError: (error, ...rest) => {
          if (error.code > 0) edges.heard(asked);
          callbacks.onError(error, ...rest);
        },
      });
    }
  };
}

/** The policy, and beside it a retry without a pause where another server takes over. */
function retrying(policy: RetryConfig | null, elsewhere: (status: number | undefined) => boolean): RetryConfig {
  return {
    maxNumRetry: policy?.maxNumRetry ?? 0,
    retryDelayMs: 0,
    maxRetryDelayMs: 0,
    shouldRetry: (_policy, count, timeout, response, retry) => {
      if (elsewhere(response?.code)) return true;
      if (policy === null) return false;
      return policy.shouldRetry ? policy.shouldRetry(policy, count, timeout, response, retry) : retry;
    },
  };
}
