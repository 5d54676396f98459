import { codecName, isAudio } from './codecs';

export interface PlayableManifest {
  /** The multivariant playlist, perhaps without the sound of some variants. */
  readonly text: string;
  /** Audio codecs that were left out, by the names people know. */
  readonly silenced: readonly string[];
}

/**
 * A picture without sound is better than none: hls.js passes over a variant of which any codec is unknown to the browser
 * (Chromium plays no MP3 in MP4), so variants with playable video lose the audio that does not play.
 */
export function playableManifest(text: string, supported: (codec: string) => boolean): PlayableManifest {
  const silenced = new Set<string>();
  const groups = new Set<string>();
  const lines = text.split('\n').map((line) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return line;
    const codecs = /CODECS="([^"]*)"/.exec(line)?.[1]?.split(',') ?? [];
    const mute = codecs.filter((codec) => isAudio(codec) && !supported(codec));
    const rest = codecs.filter((codec) => !mute.includes(codec));
    if (mute.length === 0 || !rest.some((codec) => !isAudio(codec) && supported(codec))) return line;
    mute.forEach((codec) => silenced.add(codecName(codec)));
    const group = /,AUDIO="([^"]*)"/.exec(line)?.[1];
    if (group !== undefined) groups.add(group);
    return line.replace(/CODECS="[^"]*"/, `CODECS="${rest.join(',')}"`).replace(/,AUDIO="[^"]*"/, '');
  });
  const kept = lines.filter((line) => !line.startsWith('#EXT-X-MEDIA:') || !groups.has(/GROUP-ID="([^"]*)"/.exec(line)?.[1] ?? ''));
  return { text: kept.join('\n'), silenced: [...silenced] };
}
