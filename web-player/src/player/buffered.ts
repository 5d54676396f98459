import type { Range } from '../core/live-edge';

export function ranges(buffered: TimeRanges): Range[] {
  return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
}

/** A SourceBuffer that was removed from its source answers with an exception. */
export function rangesOf(buffer: SourceBuffer): Range[] {
  try {
    return ranges(buffer.buffered);
  } catch {
    return [];
  }
}
