/** What the page shows and tests read about playback at one instant. */
import { seekWindow } from '../core/scrub';
import { holes } from '../core/glitches';
import { bufferAhead, type Range } from '../core/live-edge';
import type { LadderFacts } from '../core/ladder';
import type { Choice, Rendition } from '../core/quality';
import type { ShareTally } from '../core/sharing';
import type { Session } from './session';
import type { Sharing } from './sharing';

export interface Measurements {
  /** State of the page, a `kind` of WatchState. */
  readonly state: string;
  /** Distance to the live edge as the playlist tells it; NaN while nothing plays. */
  readonly latencySeconds: number;
  readonly targetLatencySeconds: number;
  /** Age of the picture by EXT-X-PROGRAM-DATE-TIME: exact where server's and viewer's clocks agree; NaN without. */
  readonly endToEndSeconds: number;
  readonly bufferSeconds: number;
  readonly currentTime: number;
  readonly playbackRate: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly codecs: string;
  readonly hasVideo: boolean;
  /** Audio codecs of the stream that this browser cannot play. */
  readonly silenced: readonly string[];
  /** Of the media itself, measured over the last seconds. */
  readonly mediaBps: number;
  /** Of the network, as hls.js estimates it. */
  readonly bandwidthBps: number;
  /** How often the source was loaded: 1 as long as nothing had to begin again. */
  readonly loads: number;
  /** What the viewer chose: "auto", "audio", or a rendition's label. */
  readonly choice: Choice;
  /** The video renditions, from the smallest up. */
  readonly levels: readonly Rendition[];
  /** Index of the rendition on the screen, and of the one being loaded; -1 for none. */
  readonly currentLevel: number;
  readonly loadingLevel: number;
  /** All that can be chosen: also what the server offers since the source was loaded. */
  readonly offered: readonly Rendition[];
  /** What the server encodes, as it says itself. */
  readonly ladder: LadderFacts | undefined;
  readonly offersAudioOnly: boolean;
  readonly audioOnly: boolean;
  /** How often the picture changed from one rendition to another. */
  readonly switches: number;
  /** How often a rendition was left because it had no media. */
  readonly withdrawals: number;
  /** How often and how long the picture stood still for want of media, after the first picture. */
  readonly stallCount: number;
  readonly stallMs: number;
  readonly longestStallMs: number;
  /** Whether the picture is kept near the live edge. */
  readonly following: boolean;
  /** What can be sought, seconds of media time. */
  readonly seekable: Range | undefined;
  /** What each track has buffered, and the holes in it from the playing position on. */
  readonly tracks: Readonly<Record<string, readonly Range[]>>;
  readonly holes: Readonly<Record<string, readonly Range[]>>;
  /** Bytes from and to other viewers; undefined where nothing can be shared. */
  readonly sharing: (ShareTally & { readonly on: boolean; readonly site: string }) | undefined;
  /** Name of the edge that serves the stream; empty where there is only one. */
  readonly edge: string;
}

export function measure(session: Session, video: HTMLVideoElement, sharing: Sharing | undefined): Measurements {
  const snapshot = session.snapshot();
  const stalls = session.stalls.report(performance.now());
  const tracks = snapshot?.tracks ?? {};
  const playing = snapshot !== undefined && snapshot.buffered.length > 0;
  return {
    state: session.watch.state.kind,
    latencySeconds: playing ? snapshot.latency : Number.NaN,
    targetLatencySeconds: snapshot?.targetLatency ?? Number.NaN,
    endToEndSeconds: playing && snapshot.playingDate ? (Date.now() - snapshot.playingDate.getTime()) / 1000 : Number.NaN,
    bufferSeconds: snapshot ? bufferAhead(snapshot.currentTime, snapshot.buffered) : 0,
    currentTime: video.currentTime,
    playbackRate: video.playbackRate,
    decodedFrames: session.decodedFrames,
    droppedFrames: session.droppedFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    frameRate: snapshot?.frameRate ?? 0,
    codecs: snapshot?.codecs ?? '',
    hasVideo: snapshot?.hasVideo ?? true,
    silenced: snapshot?.silenced ?? [],
    mediaBps: snapshot?.mediaBps ?? 0,
    bandwidthBps: snapshot?.bandwidthBps ?? 0,
    loads: session.loads,
    choice: session.choice,
    levels: snapshot?.renditions ?? [],
    currentLevel: snapshot?.playing ?? -1,
    loadingLevel: snapshot?.loading ?? -1,
    offered: session.offered,
    ladder: session.offers.facts?.ladder,
    offersAudioOnly: snapshot?.offersAudioOnly ?? false,
    audioOnly: snapshot?.audioOnly ?? false,
    switches: session.switches,
    withdrawals: session.withdrawals,
    stallCount: stalls.count,
    stallMs: Math.round(stalls.totalMs),
    longestStallMs: Math.round(stalls.longestMs),
    following: session.steering.following,
    seekable: snapshot?.listed && seekWindow(snapshot.listed, snapshot.liveSync, snapshot.segmentSeconds),
    sharing: sharing && { ...sharing.tally, on: sharing.on, site: sharing.offer.site },
    edge: snapshot?.edge ?? '',
    tracks,
    holes: Object.fromEntries(Object.entries(tracks).map(([type, ranges]) => [type, holes(ranges, video.currentTime)])),
  };
}
