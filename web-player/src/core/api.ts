/** The server's facts about streams (`GET /api/v1/streams`), read without trust: what is missing or odd is left out. */
import { LADDER_STATES, type LadderFacts, type LadderState, type RungFacts } from './ladder';
import type { Answer } from './machine';

export interface VideoFacts {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

export interface AudioFacts {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
}

export interface Warning {
  readonly code: string;
  readonly text: string;
}

export interface StreamFacts {
  /** `app/name`. */
  readonly path: string;
  readonly state: 'live' | 'waiting' | 'ended';
  readonly epoch: number;
  readonly uptimeSeconds: number;
  readonly agent: string;
  readonly protocol: string;
  readonly video: VideoFacts | undefined;
  readonly audio: AudioFacts | undefined;
  readonly videoBps: number;
  readonly audioBps: number;
  readonly viewers: number;
  readonly reconnects: number;
  readonly warnings: readonly Warning[];
  readonly ladder: LadderFacts | undefined;
}

/** Reads the list; entries that are no streams are left out. */
export function readStreams(json: unknown): StreamFacts[] {
  return array(object(json)['streams']).map(readStream).filter((facts) => facts !== undefined);
}

/** The port where the node takes publishers; undefined where it does not say. */
export function readRtmpPort(json: unknown): number | undefined {
  const port = number(object(object(json)['ingest'])['rtmpPort']);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export function readStream(json: unknown): StreamFacts | undefined {
  const o = object(json);
  const path = text(o['path']);
  if (!/^[^/]+\/[^/]+$/.test(path)) return undefined;
  const publisher = object(o['publisher']);
  const tracks = array(o['tracks']).map(object);
  return {
    path,
    state: readState(o['state']),
    epoch: number(o['epoch']),
    uptimeSeconds: number(o['uptimeSeconds']),
    agent: text(publisher['agent']),
    protocol: text(publisher['protocol']),
    video: readVideo(tracks.find((track) => track['kind'] === 'video'), number(o['frameRate'])),
    audio: readAudio(tracks.find((track) => track['kind'] === 'audio')),
    videoBps: number(o['videoBitrateBps']),
    audioBps: number(o['audioBitrateBps']),
    viewers: number(o['viewers']),
    reconnects: number(o['reconnects']),
    warnings: readWarnings(o['warnings']),
    ladder: readLadder(o['ladder']),
  };
}

/** What one answer of `GET /api/v1/streams/APP/NAME` means for a page that waits for the stream. */
export function answerOf(status: number, json: unknown): Answer {
  if (status === 404 || status === 410) return { kind: 'absent' };
  if (status !== 200) return { kind: 'unreachable', detail: `the server answered ${status}` };
  const facts = readStream(json);
  if (facts === undefined) return { kind: 'unreachable', detail: 'the server answered without stream facts' };
  return facts.state === 'live' ? { kind: 'live', epoch: facts.epoch } : { kind: facts.state };
}

function readState(value: unknown): StreamFacts['state'] {
  const state = text(value);
  return state === 'waiting' || state === 'ended' ? state : 'live';
}

function readVideo(track: Json | undefined, measuredFrameRate: number): VideoFacts | undefined {
  if (track === undefined) return undefined;
  return {
    codec: text(track['codecs']),
    width: number(track['width']),
    height: number(track['height']),
    frameRate: frameRate(number(track['frameRate']), measuredFrameRate),
  };
}

/** What was measured, unless it is only the jitter of what was declared. */
function frameRate(declared: number, measured: number): number {
  return measured === 0 || Math.abs(measured - declared) < 0.03 * declared ? declared : measured;
}

function readAudio(track: Json | undefined): AudioFacts | undefined {
  if (track === undefined) return undefined;
  return {
    codec: text(track['codecs']),
    sampleRate: number(track['sampleRate']),
    channels: number(track['channels']),
  };
}

function readWarnings(value: unknown): Warning[] {
  return array(value).map(object).map((o) => ({ code: text(o['code']), text: text(o['text']) }));
}

function readLadder(value: unknown): LadderFacts | undefined {
  const o = object(value);
  const state = text(o['state']);
  if (!LADDER_STATES.has(state)) return undefined;
  return {
    state: state as LadderState,
    reason: text(o['reason']),
    encoder: text(o['encoder']),
    node: text(o['node']),
    restarts: number(o['restarts']),
    lagMs: number(o['lagMs']),
    rungs: array(o['rungs']).map(object).map(readRung),
  };
}

function readRung(o: Json): RungFacts {
  return {
    name: text(o['name']),
    codec: text(o['codec']),
    width: number(o['width']),
    height: number(o['height']),
    bitrateBps: number(o['bitrateBps']),
    speed: number(o['speed']),
    fps: number(o['fps']),
    dropped: o['dropped'] === true,
    reason: text(o['reason']),
  };
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
