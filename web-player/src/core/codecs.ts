/** Names that people know for the codec strings of RFC 6381 and the codec words of the API. */

const FAMILIES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(avc1|avc3|h\.?264|avc$)/i, 'H.264'],
  [/^(hvc1|hev1|h\.?265|hevc$)/i, 'H.265 (HEVC)'],
  [/^(av01|av1$)/i, 'AV1'],
  [/^(vp09|vp9$)/i, 'VP9'],
  [/^(mp4a\.40\.34|mp4a\.6b|mp4a\.69|mp3$)/i, 'MP3'],
  [/^(mp4a|aac)/i, 'AAC'],
  [/^opus/i, 'Opus'],
  [/^(ac-3|ac3)/i, 'AC-3'],
  [/^(ec-3|eac3)/i, 'E-AC-3'],
  [/^flac/i, 'FLAC'],
];

export function codecName(codec: string): string {
  const text = codec.trim();
  return FAMILIES.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

/** Codecs of a CODECS attribute for which `supported` says no, by the names people know, each once. */
export function unsupportedCodecs(codecs: string, supported: (codec: string) => boolean): string[] {
  const refused = codecs
    .split(',')
    .map((codec) => codec.trim())
    .filter((codec) => codec !== '' && !supported(codec));
  return [...new Set(refused.map(codecName))];
}

/** Whether an RFC 6381 codec string names sound. */
export function isAudio(codec: string): boolean {
  return /^(mp4a|opus|flac|ac-3|ec-3|mp3)/i.test(codec.trim());
}
