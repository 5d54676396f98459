/** The index of thumbnails (`storyboard.vtt`): WebVTT whose cues are pictures, with the wall time of cue time 0 in its header. */
export interface Thumbnail {
  /** Wall time, milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly url: string;
}

const CUE = /^((?:\d+:)?\d\d:\d\d\.\d{3})\s+-->\s+((?:\d+:)?\d\d:\d\d\.\d{3})/;

/** Reads the index; empty where it is none, or says not when its cues are. */
export function readStoryboard(text: string, baseUrl: string): Thumbnail[] {
  const zeroMs = Date.parse(/^X-PROGRAM-DATE-TIME[:=]\s*(\S+)/m.exec(text)?.[1] ?? '');
  if (!text.startsWith('WEBVTT') || !Number.isFinite(zeroMs)) return [];
  const found: Thumbnail[] = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((line, i) => {
    const [, start, end] = CUE.exec(line) ?? [];
    const uri = lines[i + 1]?.trim() ?? '';
    if (start === undefined || end === undefined || uri === '') return;
    found.push({ startMs: zeroMs + milliseconds(start), endMs: zeroMs + milliseconds(end), url: new URL(uri, baseUrl).href });
  });
  return found;
}

/** The picture of a moment, or the one nearest to it where it has none of its own. */
export function thumbnailAt(thumbnails: readonly Thumbnail[], wallMs: number): Thumbnail | undefined {
  let nearest: Thumbnail | undefined;
  for (const thumbnail of thumbnails) {
    if (nearest === undefined || distance(thumbnail, wallMs) < distance(nearest, wallMs)) nearest = thumbnail;
  }
  return nearest;
}

function distance({ startMs, endMs }: Thumbnail, wallMs: number): number {
  return wallMs < startMs ? startMs - wallMs : Math.max(0, wallMs - endMs);
}

function milliseconds(time: string): number {
  return Math.round(time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}
