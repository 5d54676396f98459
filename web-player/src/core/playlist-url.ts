/**
 * Playlist requests carry `viewer=ID`, so that the edge can count viewers; media requests never do, because their
 * addresses are cache keys. Delivery directives (`_HLS_msn`, `_HLS_part`, `_HLS_skip`) stay as hls.js wrote them.
 */
export function withViewer(url: string, viewer: string): string {
  const [beforeHash = ''] = url.split('#', 1);
  const [path = '', query = ''] = splitOnce(beforeHash, '?');
  if (!path.endsWith('.m3u8')) return url;
  const others = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('viewer='));
  return `${path}?${[...others, `viewer=${encodeURIComponent(viewer)}`].join('&')}`;
}

/** The address as it was before. */
export function withoutViewer(url: string): string {
  return url.replace(/([?&])viewer=[^&#]*&?/, '$1').replace(/[?&]$/, '');
}

/** Random bytes as hexadecimal digits: names a page view, not a person. */
export function viewerId(random: Uint8Array): string {
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The stream's path `APP/NAME` of a page address `/watch/APP/NAME`, as written there (percent-encoded). */
export function streamOfWatchPath(pathname: string): string | undefined {
  return /^\/watch\/([^/]+\/[^/]+)\/?$/.exec(pathname)?.[1];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
