/** The list of live streams, asked for every two seconds while the page is visible. */
import { readRtmpPort, readStreams, type StreamFacts } from '../core/api';
import { formatCount } from '../core/format';
import { Edges } from '../core/edges';
import { fetchFrom, learnEdges } from '../player/server';
import { byId, copyButton, setAttribute, setText } from '../ui/dom';
import { StreamCard } from './stream-card';

const INTERVAL_MS = 2_000;
const TIMEOUT_MS = 5_000;

const edges = new Edges(location.origin, () => performance.now());
const list = byId('streams');
const cards = new Map<string, StreamCard>();

/** RTMP's own, until the server has told its port. */
let rtmpPort = 1935;
showRtmp();
byId('rtmp-copy').append(copyButton('server address', rtmpAddress));
void poll();

async function poll(): Promise<void> {
  if (!document.hidden) await refresh();
  setTimeout(() => void poll(), INTERVAL_MS);
}

async function refresh(): Promise<void> {
  try {
    const response = await fetchFrom(edges, `${location.origin}/api/v1/streams`, TIMEOUT_MS, { cache: 'no-store' });
    if (!response.ok) return showLink(`The server answered ${response.status}. Trying again…`);
    const answer: unknown = await response.json();
    learnEdges(edges, response.url, answer);
    rtmpPort = readRtmpPort(answer) ?? rtmpPort;
    showRtmp();
    show(readStreams(answer).filter((facts) => facts.state !== 'ended'));
    showLink('');
  } catch {
    showLink('The server does not answer. Trying again…');
  }
}

function show(streams: readonly StreamFacts[]): void {
  const sorted = [...streams].sort((a, b) => a.path.localeCompare(b.path));
  for (const [path, card] of cards) {
    if (sorted.some((facts) => facts.path === path)) continue;
    card.element.remove();
    cards.delete(path);
  }
  sorted.forEach((facts, index) => {
    const card = cards.get(facts.path) ?? addCard(facts.path);
    card.update(facts);
    if (list.children[index] !== card.element) list.insertBefore(card.element, list.children[index] ?? null);
  });
  setAttribute(byId('empty'), 'hidden', sorted.length > 0);
  const viewers = sorted.reduce((sum, facts) => sum + facts.viewers, 0);
  const count = formatCount(sorted.length, 'stream', 'streams');
  setText(byId('summary'), sorted.length === 0 ? '' : `${count}, ${formatCount(viewers, 'viewer', 'viewers')}`);
}

function rtmpAddress(): string {
  return `rtmp://${location.hostname || 'HOST'}:${rtmpPort}/live`;
}

function showRtmp(): void {
  setText(byId('rtmp'), rtmpAddress());
}

function addCard(path: string): StreamCard {
  const card = new StreamCard(path);
  cards.set(path, card);
  return card;
}

/** A failed request leaves the last list on the page and says so beside it. */
function showLink(problem: string): void {
  setText(byId('link'), problem);
  setAttribute(document.body, 'data-offline', problem !== '');
}
