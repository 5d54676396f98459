/** The variants of a multivariant playlist (RFC 8216bis §4.4.6.2), as far as this player asks for them before hls.js does. */
import { isAudio } from './codecs';

export interface Variant {
  /** The rendition's name: the folder of its playlist, or the playlist's file name without its ending. */
  readonly name: string;
  readonly hasVideo: boolean;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly bandwidthBps: number;
  readonly codecs: string;
}

export function variantsOf(text: string): Variant[] {
  const found: Variant[] = [];
  let attributes: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) attributes = line;
    else if (attributes !== undefined && line !== '' && !line.startsWith('#')) {
      found.push(variantOf(attributes, line));
      attributes = undefined;
    }
  }
  return found;
}

/** Whether there is a choice between a picture and sound alone. */
export function offersAudioOnly(variants: readonly Variant[]): boolean {
  return variants.some((variant) => variant.hasVideo) && variants.some((variant) => !variant.hasVideo);
}

/** `720p` of `…/720p/index.m3u8?x=1`. */
export function renditionName(uri: string): string {
  const path = uri.split(/[?#]/, 1)[0]!.split('/');
  const file = path.pop() ?? '';
  return file === 'index.m3u8' ? (path.pop() ?? '') : file.replace(/\.m3u8$/, '');
}

/**
 * The playlist with nothing but its sound: hls.js drops audio-only variants wherever there is one with a picture, so what
 * it is to play alone must stand alone. The variant names its rendition itself and needs no group.
 */
export function audioOnlyManifest(text: string): string {
  const kept: string[] = [];
  let skipUri = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      skipUri = showsPicture(line);
      if (!skipUri) kept.push(line.replace(/,AUDIO="[^"]*"/, ''));
    } else if (line.startsWith('#EXT-X-MEDIA:') || line.startsWith('#EXT-X-I-FRAME-STREAM-INF:')) {
      continue;
    } else if (skipUri && line !== '' && !line.startsWith('#')) {
      skipUri = false;
    } else {
      kept.push(line);
    }
  }
  return kept.join('\n');
}

function variantOf(attributes: string, uri: string): Variant {
  const size = /[:,]RESOLUTION=(\d+)x(\d+)/.exec(attributes);
  return {
    name: renditionName(uri),
    hasVideo: showsPicture(attributes),
    width: Number(size?.[1] ?? 0),
    height: Number(size?.[2] ?? 0),
    frameRate: Number(/[:,]FRAME-RATE=([\d.]+)/.exec(attributes)?.[1] ?? 0),
    bandwidthBps: Number(/[:,]BANDWIDTH=(\d+)/.exec(attributes)?.[1] ?? 0),
    codecs: codecsOf(attributes),
  };
}

function showsPicture(attributes: string): boolean {
  if (/[:,]RESOLUTION=/.test(attributes)) return true;
  return codecsOf(attributes)
    .split(',')
    .some((codec) => codec !== '' && !isAudio(codec));
}

function codecsOf(attributes: string): string {
  return /[:,]CODECS="([^"]*)"/.exec(attributes)?.[1] ?? '';
}
