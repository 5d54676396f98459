import { StallMeter } from '../core/glitches';

/**
 * Times the waits of a media element.
 *
 * @param counts whether a wait that begins now is one that the viewer sees
 */
export function watchStalls(video: HTMLVideoElement, counts: () => boolean, signal: AbortSignal): StallMeter {
  const meter = new StallMeter();
  const on = (type: string, listener: () => void) => video.addEventListener(type, listener, { signal });
  on('waiting', () => {
    if (counts() && !video.seeking) meter.begin(performance.now());
  });
  // What a seek, another source or a pause ends was a wait until then.
  for (const type of ['playing', 'seeking', 'emptied', 'pause']) on(type, () => meter.end(performance.now()));
  return meter;
}
