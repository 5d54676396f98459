import Hls, {
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type LoaderContextType,
  type RetryConfig,
} from 'hls.js';
import { originOf, type Edges } from '../core/edges';
import { withoutViewer } from '../core/playlist-url';

type AnyLoader = new (config: HlsConfig) => Loader<LoaderContext>;

/**
 * hls.js' own loader, which asks the edge that is used, and another one at once when that does not answer. Names and bytes
 * are the same on all of them, so hls.js need not know: to it everything comes from where the page began. Its own change of
 * pathway would read the segment anew that is being played, behind another initialization section, and browsers then show
 * nothing new until the next key frame (up to 3.2 s, measured); and where one server is dead it tries all other
 * renditions there first. Where each attempt goes is decided by `Edges.route` when it is opened (hls-config.ts).
 */
export function failoverLoader(edges: Edges): AnyLoader {
  return class extends (Hls.DefaultConfig.loader as unknown as AnyLoader) {
    override load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      const steering = (context.type as string) === STEERING;
      if (steering) context.url = withPathway(context.url, edges.of(edges.route(context.url))?.id);
      let asked = edges.route(context.url);
      const next = (late: boolean): boolean => {
        const left = edges.leave(asked, late);
        asked = edges.route(context.url);
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
        onSuccess: (response, ...rest) => {
          edges.heard(asked);
          if (steering) response.data = steered(edges, response.data, context.url);
          callbacks.onSuccess({ ...response, url: response.url && unrouted(response.url, context.url) }, ...rest);
        },
        onError: (error, ...rest) => {
          if (error.code > 0) edges.heard(asked);
          callbacks.onError(error, ...rest);
        },
      });
    }
  };
}

/** The enum is one of types only; this holds that the text is its. */
const STEERING: `${LoaderContextType.STEERING_MANIFEST}` = 'steering-manifest';

function withPathway(url: string, id: string | undefined): string {
  return id === undefined ? url : url.replace(/([?&]_HLS_pathway=)[^&]*/, (_, name: string) => name + encodeURIComponent(id));
}

/** Follows a steering manifest; what is left for hls.js is when to ask again. */
function steered(edges: Edges, manifest: unknown, url: string): object {
  const { VERSION, TTL, 'PATHWAY-PRIORITY': priority } = (manifest ?? {}) as Record<string, unknown>;
  if (Array.isArray(priority)) edges.steer(priority.filter((id) => typeof id === 'string'));
  return { VERSION, TTL, 'RELOAD-URI': url };
}

/** The address as hls.js knows it, also after a redirect within an edge. */
function unrouted(url: string, asked: string): string {
  const [from, to] = [originOf(url), originOf(asked)];
  return withoutViewer(from === undefined || to === undefined ? url : to + url.slice(from.length));
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
