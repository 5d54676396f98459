/** Whether and with whom a viewer of the classic view shares segments. */

/** What the server offers (`GET /api/v1/streams/APP/NAME/swarm`). */
export interface SharingOffer {
  /** Viewers who may meet. */
  readonly swarm: string;
  readonly site: string;
  /** WebSocket addresses, the first one first. */
  readonly trackers: readonly string[];
  readonly stun: readonly string[];
  /** Name of the list of hashes, relative to a segment's address. */
  readonly hashes: string;
}

/** What a viewer has said; undefined: nothing yet. */
export type Consent = 'on' | 'off' | undefined;

/** Bytes of media since the page was opened, and how many others it is connected to now. */
export interface ShareTally {
  fromViewers: number;
  fromServer: number;
  toViewers: number;
  viewers: number;
  /** Segments from viewers that were not genuine, and were thrown away. */
  rejected: number;
}

/** What is known of this device's line, in the words of the Network Information API. */
export interface Line {
  readonly type?: string | undefined;
  readonly saveData?: boolean | undefined;
}

export function newTally(): ShareTally {
  return { fromViewers: 0, fromServer: 0, toViewers: 0, viewers: 0, rejected: 0 };
}

/** The part of the media that came from other viewers, 0 to 1. */
export function offload({ fromViewers, fromServer }: ShareTally): number {
  return fromViewers + fromServer === 0 ? 0 : fromViewers / (fromViewers + fromServer);
}

/**
 * Reads the server's answer; undefined where this viewer may not share.
 *
 * @param from where it came from, to which relative addresses are relative
 */
export function readSharing(json: unknown, from: string): SharingOffer | undefined {
  const { share, swarm, site, trackers, stun, hashes } = (json ?? {}) as Record<string, unknown>;
  if (share !== true || typeof swarm !== 'string') return undefined;
  const doors = texts(trackers).map((each) => new URL(each, from).href.replace(/^http/, 'ws'));
  // A page that came by https may open no other sockets.
  const open = from.startsWith('https:') ? doors.map((each) => each.replace(/^ws:/, 'wss:')) : doors;
  return {
    swarm,
    site: typeof site === 'string' ? site : '',
    trackers: open,
    stun: texts(stun),
    hashes: typeof hashes === 'string' ? hashes : 'hashes.json',
  };
}

/** Why this device does not share, whatever its viewer wants; empty where it may. */
export function obstacle(line: Line | undefined, hasWebRtc: boolean): string {
  if (!hasWebRtc) return 'this browser has no WebRTC';
  if (line?.type === 'cellular') return 'this is a mobile line';
  if (line?.saveData === true) return 'this device saves data';
  return '';
}

export function readConsent(text: string | null): Consent {
  return text === 'on' || text === 'off' ? text : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
