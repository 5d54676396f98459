import type Hls from 'hls.js';
import type { FragBufferedData, LevelDetails, Part } from 'hls.js';
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
    if (isCovered(earlier, buffered)) markLoaded(earlier, 'audio');
  }
}

/**
 * After a change of pathway the same rendition comes from another server, and hls.js 1.7 knows none of its parts while it
 * takes whole segments for loaded that were so before (it files them by rendition, not by pathway). Where a segment ends
 * exactly with the buffer it then waits until that segment's parts are no longer listed, some 10 s (measured). All edges
 * have the same bytes, so what is in the buffer is what the new playlist lists: it is told so before it looks.
 *
 * One for each engine; `moved` is called when the pathway changes, the others when playlists come.
 */
export class PathwayCover {
  #level: number | undefined;
  #audio = false;

  moved(level: number): void {
    this.#level = level;
    this.#audio = true;
  }

  onLevel(level: number, { partList }: LevelDetails, buffers: Readonly<Record<string, readonly Range[]>>): void {
    if (level === this.#level) cover(partList, buffers, 'video' in buffers ? 'video' : 'audio');
    this.#level = undefined;
  }

  onAudio({ partList }: LevelDetails, buffers: Readonly<Record<string, readonly Range[]>>): void {
    if (this.#audio) cover(partList, buffers, 'audio');
    this.#audio = false;
  }
}

function cover(parts: readonly Part[] | null, buffers: Readonly<Record<string, readonly Range[]>>, type: 'video' | 'audio'): void {
  const buffered = buffers[type] ?? [];
  for (const part of parts ?? []) if (!part.loaded && !part.gap && isCovered(part, buffered)) markLoaded(part, type);
}

function isCovered({ start, end }: Part, buffered: readonly Range[]): boolean {
  const middle = (start + end) / 2;
  return buffered.some((range) => range.start <= middle && middle < range.end);
}

function markLoaded({ start, end, elementaryStreams }: Part, type: 'video' | 'audio'): void {
  elementaryStreams[type] = { startPTS: start, endPTS: end, startDTS: start, endDTS: end };
}
