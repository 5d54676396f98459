/** The page `/watch/APP/NAME`: a player and its most important figures. */
import { CLASSIC_CONFIG, DEFAULT_CONFIG } from '../core/config';
import { formatBitrate, formatFrameRate, formatSeconds } from '../core/format';
import { streamOfWatchPath } from '../core/playlist-url';
import { MillracePlayer } from '../player/millrace-player';
import type { Measurements } from '../player/measurements';
import { SharingPanel } from './sharing-panel';
import { byId, copyButton, h, setAttribute, setText } from '../ui/dom';

declare global {
  interface Window {
    /** For tests and curious operators: state, latencySeconds, bufferSeconds, decodedFrames, ..., and the last events. */
    millrace: Measurements & Pick<MillracePlayer, 'events'>;
  }
}

type Fact = readonly [label: string, text: (m: Measurements) => string];

const FACTS: readonly Fact[] = [
  ['Latency', (m) => formatSeconds(m.latencySeconds)],
  ['Buffer', (m) => formatSeconds(m.bufferSeconds)],
  ['Picture', (m) => (m.width > 0 ? `${m.width} × ${m.height}${m.frameRate > 0 ? `, ${formatFrameRate(m.frameRate)}` : ''}` : '–')],
  ['Bitrate', (m) => formatBitrate(m.mediaBps)],
  ['Frames', (m) => `${m.decodedFrames}${m.droppedFrames > 0 ? ` (${m.droppedFrames} dropped)` : ''}`],
];

const BADGES: Readonly<Record<string, string>> = {
  playing: 'Live',
  paused: 'Paused',
  away: 'Streamer away',
  ended: 'Ended',
  absent: 'Not on air',
  retrying: 'Reconnecting',
  unplayable: 'Not playable here',
};

const stream = streamOfWatchPath(location.pathname) ?? 'live/main';
const name = decodeURIComponent(stream);
const asked = new URLSearchParams(location.search);
const classic = asked.get('view') === 'classic';
const playlist = `${location.origin}/hls/${stream}/${classic ? 'classic' : 'index'}.m3u8`;
const cells = FACTS.map(() => h('dd'));
const player = new MillracePlayer();
// `?debug` at the end of the address shows in the console what hls.js does.
player.config = { ...(classic ? CLASSIC_CONFIG : DEFAULT_CONFIG), debug: asked.has('debug') };
const sharing = new SharingPanel(player);

document.title = `${name} – Millrace`;
setText(byId('name'), name);
setText(byId('playlist'), playlist);
byId('playlist-copy').append(copyButton('playlist address', () => playlist));
byId('facts').append(...FACTS.map(([label], i) => h('div', {}, h('dt', {}, label), cells[i])));
byId('facts').after(sharing.element);
player.setAttribute('stream', stream);
player.addEventListener('change', show);
byId('stage').append(player);
// The page is about its player: keys that nothing else has are the player's.
document.addEventListener('keydown', (event) => {
  if (event.target === document.body) player.press(event);
});
setInterval(show, 500);
show();

Object.defineProperty(window, 'millrace', { get: () => ({ ...player.measurements, events: player.events }) });

function show(): void {
  sharing.update();
  const m = player.measurements;
  if (m === undefined) return;
  FACTS.forEach(([, text], i) => setText(cells[i]!, text(m)));
  setText(byId('badge'), BADGES[m.state] ?? 'Connecting');
  setAttribute(byId('badge'), 'data-state', m.state);
}
