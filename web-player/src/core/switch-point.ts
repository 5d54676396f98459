/**
 * When a player may go over to another rendition without anybody seeing it. The new rendition is read from the start of the
 * segment in which the buffer ends, since only there is a key frame. Where that start is being played already, what is on
 * the screen would be replaced: browsers then show the old pictures that are decoded and nothing more until the next key
 * frame, up to a segment later. So a switch waits until the buffer ends in a segment that is still ahead.
 */
export interface SegmentTimes {
  readonly start: number;
}

/** hls.js takes a buffer that ends this close to a segment's end as one that lacks its last microsecond, and reads it again. */
const ROUNDING_SECONDS = 0.06;
/** Time to read the segment's start before it is played. */
const AHEAD_SECONDS = 0.45;

/**
 * @param bufferEnd where what is buffered of the picture ends
 * @param segments of the playlist, also the one that is not complete yet
 */
export function canSwitch(currentTime: number, bufferEnd: number, segments: readonly SegmentTimes[]): boolean {
  const reread = segments.findLast(({ start }) => start < bufferEnd - ROUNDING_SECONDS);
  return reread === undefined || reread.start - currentTime >= AHEAD_SECONDS;
}
