/** How far a media playlist reaches: enough to see whether a rendition keeps up with another one. */
export interface PlaylistEnd {
  /** Media sequence number of the newest segment of which there is anything. */
  readonly msn: number;
  /** Parts of it; a whole segment without parts counts as very many. */
  readonly parts: number;
  /** The newest media is missing (EXT-X-GAP, GAP=YES). */
  readonly gap: boolean;
}

const WHOLE = 1_000;

/** Reads the end of a media playlist; undefined where it has no media. */
export function playlistEnd(text: string): PlaylistEnd | undefined {
  let next = 0;
  let parts = 0;
  let gapTag = false;
  let end: PlaylistEnd | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) next = Number(line.slice(22));
    else if (line.startsWith('#EXT-X-SKIP:')) next += Number(/SKIPPED-SEGMENTS=(\d+)/.exec(line)?.[1] ?? 0);
    else if (line === '#EXT-X-GAP') gapTag = true;
    else if (line.startsWith('#EXT-X-PART:')) end = { msn: next, parts: ++parts, gap: /[:,]GAP=YES/.test(line) };
    else if (line !== '' && !line.startsWith('#')) {
      // A segment whose parts were there says by its last one whether its end is missing.
      end = { msn: next, parts: WHOLE, gap: parts > 0 && end ? end.gap : gapTag };
      next++;
      parts = 0;
      gapTag = false;
    }
  }
  return end;
}

/** How many parts `a` reaches further than `b`, where a segment has about `perSegment` of them. */
export function partsAhead(a: PlaylistEnd, b: PlaylistEnd, perSegment: number): number {
  const position = ({ msn, parts }: PlaylistEnd) => msn * perSegment + Math.min(parts, perSegment);
  return position(a) - position(b);
}
