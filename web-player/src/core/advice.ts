/** Plain advice to the person who streams, by the code of the server's warning. */
const ADVICE: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /key-?frame|gop|independent/i,
    'In OBS: Settings → Output → Output Mode “Advanced” → Streaming → Keyframe Interval 2 s. ' +
      'Viewers then join at once instead of waiting for the next key frame.',
  ],
  [
    /timestamp|time-?broken|clock|jump/i,
    'The streamer’s clock jumped. If this repeats, restart the stream and check that its computer is not overloaded.',
  ],
  [
    /codec|hevc|h265|unsupported/i,
    'Choose an H.264 video encoder and AAC audio in the streaming program: those play in every browser.',
  ],
  [
    /stall|slow|late|dropped|overload/i,
    'The streamer sends more slowly than real time. A lower bitrate, or a cable instead of wireless, helps.',
  ],
];

export function adviceFor(code: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(code))?.[1];
}
