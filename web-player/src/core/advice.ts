/** What the person who streams can do, by the code of the server's warning; some warnings say it themselves. */
const ADVICE: Readonly<Record<string, string>> = {
  'gop-too-long': 'Output Mode must be “Advanced” for this setting to show; 0 (automatic) can mean 8 s and more.',
  'no-key-frame': 'Stop the stream in the streaming program and start it again; if this repeats, choose another video encoder.',
  'frame-rate-low': 'Raise the frame rate in the streaming program: 25 or 30 frames a second suit most streams.',
  'audio-missing': 'Check that the audio source in the streaming program is not disabled.',
  'video-missing': 'Check that the video source in the streaming program is running.',
  'damaged-frames': 'The encoder or the way here damages frames. Try another video encoder.',
  'browser-hevc': 'In OBS: Settings → Output → Video Encoder, choose one whose name contains H.264 or x264.',
  overload: 'The source is not affected. Fewer or smaller renditions (transcode.ladder) or a faster preset suit this machine.',
  'browser-mp3': 'Choose AAC as the audio encoder in the streaming program.',
};

export function adviceFor(code: string): string | undefined {
  return ADVICE[code];
}

/** A warning as a sentence of its own. */
export function sentence(text: string): string {
  return text === '' ? '' : text[0]!.toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');
}
