/**
 * Everything that can go wrong in a player, coarse kind first. `fatal` says that this attempt is over and only a new
 * one can help; what is not fatal is told for the record.
 */
export type PlayerError =
  /** The server answers, and has no such stream (404, 410). */
  | { readonly kind: 'absent'; readonly fatal: true }
  /** No answer, or an answer that says that the server cannot now (5xx, timeouts, refused connections). */
  | { readonly kind: 'network'; readonly fatal: boolean; readonly detail: string; readonly status?: number }
  /** The browser refused or could not decode media that it had. */
  | { readonly kind: 'media'; readonly fatal: boolean; readonly detail: string }
  /** The stream's codecs are not playable here. */
  | { readonly kind: 'codec'; readonly fatal: true; readonly codecs: readonly string[] }
  /** Neither Media Source Extensions nor anything in their place. */
  | { readonly kind: 'browser'; readonly fatal: true };

/** The fields of hls.js' ErrorData that decide. */
export interface EngineErrorData {
  readonly type: string;
  readonly details: string;
  readonly fatal: boolean;
  readonly status?: number | undefined;
}

/** Maps hls.js' two-level error names (errors.ts there) to ours. */
export function toPlayerError(data: EngineErrorData, unsupported: readonly string[]): PlayerError {
  switch (data.details) {
    case 'manifestIncompatibleCodecsError':
    case 'bufferIncompatibleCodecsError':
      return { kind: 'codec', fatal: true, codecs: unsupported };
    case 'bufferAddCodecError':
      if (data.fatal || unsupported.length > 0) return { kind: 'codec', fatal: true, codecs: unsupported };
      return { kind: 'media', fatal: false, detail: data.details };
    default:
  }
  if (data.type === 'networkError') {
    if (data.fatal && isPlaylist(data.details) && (data.status === 404 || data.status === 410)) {
      return { kind: 'absent', fatal: true };
    }
    const status = data.status !== undefined && data.status > 0 ? { status: data.status } : {};
    return { kind: 'network', fatal: data.fatal, detail: data.details, ...status };
  }
  return { kind: 'media', fatal: data.fatal, detail: data.details };
}

/** For the overlay and the event list. */
export function describeError(error: PlayerError): string {
  switch (error.kind) {
    case 'absent':
      return 'the server has no such stream';
    case 'network':
      return error.status === undefined ? `no answer (${error.detail})` : `the server answered ${error.status}`;
    case 'media':
      return `the media could not be played (${error.detail})`;
    case 'codec':
      return `this browser cannot play ${error.codecs.join(' and ') || 'the codecs of this stream'}`;
    case 'browser':
      return 'this browser has no Media Source Extensions';
  }
}

function isPlaylist(details: string): boolean {
  return /^(manifest|level|audioTrack)/.test(details);
}
