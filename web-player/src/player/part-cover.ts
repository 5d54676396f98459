import type Hls from 'hls.js';
import type { FragBufferedData, Part } from 'hls.js';
import type { Range } from '../core/live-edge';

/**
 * After a switch between audio renditions within a segment, hls.js 1.7 has the segment's later parts from the new rendition
 * and its earlier ones from the old: by its records the segment is complete and still lacks parts, and it loads neither
 * them nor what follows, until the sound runs out. Told that the earlier parts are there, which is true of the buffer, it
 * goes on.
 */
export function coverEarlierParts(hls: Hls, { frag, part }: FragBufferedData, buffered: readonly Range[]): void {
  if (frag.type !== 'audio' || part === null || part.index === 0) return;
  const list = hls.audioTracks[hls.audioTrack]?.details?.partList ?? [];
  for (const earlier of list) {
    if (earlier.fragment.sn !== frag.sn || earlier.index >= part.index || earlier.loaded || earlier.gap) continue;
    if (isCovered(earlier, buffered)) markLoaded(earlier);
  }
}

function isCovered({ start, end }: Part, buffered: readonly Range[]): boolean {
  const middle = (start + end) / 2;
  return buffered.some((range) => range.start <= middle && middle < range.end);
}

function markLoaded({ start, end, elementaryStreams }: Part): void {
  elementaryStreams.audio = { startPTS: start, endPTS: end, startDTS: start, endDTS: end };
}
