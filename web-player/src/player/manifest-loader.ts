import {
  type HlsConfig,
  type Loader,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type PlaylistLoaderConstructor,
  type PlaylistLoaderContext,
} from 'hls.js';
import type { Edges } from '../core/edges';
import { failoverLoader } from './failover-loader';

type PlaylistLoader = new (config: HlsConfig) => Loader<PlaylistLoaderContext>;

/** The loader, which hands every multivariant playlist through `edit` before hls.js reads it. */
export function editingLoader(edges: Edges, edit: (text: string) => string): PlaylistLoaderConstructor {
  return class extends (failoverLoader(edges) as unknown as PlaylistLoader) {
    override load(
      context: PlaylistLoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<PlaylistLoaderContext>,
    ): void {
      if (context.type !== 'manifest') return super.load(context, config, callbacks);
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, ...rest) => {
          if (typeof response.data === 'string') response.data = edit(response.data);
          callbacks.onSuccess(response, ...rest);
        },
      });
    }
  };
}
