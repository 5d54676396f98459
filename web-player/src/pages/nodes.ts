/** The nodes of the cluster and the ways of its streams, asked for every two seconds while the page is visible. */
import { readCluster, readWays, SeenNodes, type NodeRow, type StreamRow } from '../core/cluster';
import { readEdges } from '../core/edges';
import { readSites, type RelayRow, type SiteTable } from '../core/sites';
import { byId, h, setAttribute, setText } from '../ui/dom';

const INTERVAL_MS = 2_000;
const TIMEOUT_MS = 5_000;

/** Where this page can be had when the node that served it is gone. */
let others: readonly { name: string; origin: string }[] = [];
/** What is shown, so that nothing is written anew that has not changed. */
const shown = new Map<string, string>();

const seen = new SeenNodes(() => performance.now());
/** Heads of the columns, which stand beside each value where the screen is too narrow for columns. */
const heads = { nodes: headsOf('nodes'), streams: headsOf('streams'), relays: headsOf('relays') };

void poll();

async function poll(): Promise<void> {
  if (!document.hidden) await refresh();
  setTimeout(() => void poll(), INTERVAL_MS);
}

async function refresh(): Promise<void> {
  try {
    const [cluster, streams] = await Promise.all([ask('/api/v1/cluster'), ask('/api/v1/streams')]);
    const { summary, nodes } = readCluster(cluster);
    others = readEdges(streams).edges.filter(({ origin }) => origin !== location.origin);
    setText(byId('summary'), summary);
    fill('nodes', seen.with(nodes).map((node) => [node.id, nodeRow(node)]), 'There is no other one.');
    fill('streams', readWays(streams).map((way) => [way.path, streamRow(way)]), 'Nothing is published now.');
    showSites(readSites(await askSites()));
    tell();
  } catch (reason) {
    tell(reason instanceof Refusal ? reason.message : 'This node does not answer. Trying again…');
  }
}

class Refusal extends Error {}

async function ask(path: string): Promise<unknown> {
  const response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status === 403) throw new Refusal('Nodes are shown to this machine and private networks only.');
  if (!response.ok) throw new Refusal(`The server answered ${response.status}. Trying again…`);
  return response.json();
}

/** Sites are known to edges only; another node has no such list, which is as if there were none. */
async function askSites(): Promise<unknown> {
  try {
    return await ask('/api/v1/relay/sites');
  } catch (reason) {
    if (reason instanceof Refusal) return {};
    throw reason;
  }
}

function showSites(sites: readonly SiteTable[]): void {
  byId('sites').hidden = sites.length === 0;
  const rows = sites.flatMap(({ name, summary, relays }) => [
    [`site ${name}`, [h('span', { class: 'name' }, h('strong', {}, name), h('span', { class: 'none' }, summary))]] as const,
    ...relays.map((relay) => [`${name} ${relay.id}`, relayRow(relay)] as const),
  ]);
  fill('relays', rows, 'There is none.');
}

/** What is wrong, and where else to look. */
function tell(problem = ''): void {
  const link = byId('link');
  setAttribute(document.body, 'data-offline', problem !== '');
  if (shown.get('link') === problem) return;
  shown.set('link', problem);
  link.replaceChildren(problem);
  if (problem === '' || others.length === 0) return;
  link.append(' See ', ...others.slice(0, 3).flatMap(({ name, origin }, i) => [i > 0 ? ', ' : '', h('a', { href: `${origin}/nodes` }, name)]));
}

function headsOf(id: string): string[] {
  return [...(byId(id).closest('table')?.querySelectorAll('th') ?? [])].map((head) => head.textContent ?? '');
}

function fill(id: keyof typeof heads, rows: readonly (readonly [key: string, cells: readonly (Node | string)[]])[], none: string): void {
  // What has one cell only is a heading of those below it.
  const whole = (cells: readonly unknown[]) => (cells.length === 1 ? { colspan: String(heads[id].length) } : {});
  const made = rows.map(([key, cells]) => h('tr', { 'data-key': key }, ...cells.map((cell, i) => h('td', { 'data-label': heads[id][i] ?? '', ...whole(cells) }, cell))));
  if (made.length === 0) made.push(h('tr', {}, h('td', { class: 'none', colspan: String(heads[id].length) }, none)));
  const text = made.map((row) => row.outerHTML).join('');
  if (shown.get(id) === text) return;
  shown.set(id, text);
  byId(id).replaceChildren(...made);
}

function nodeRow({ name, link, roles, marks, load, cells }: NodeRow): (Node | string)[] {
  return [named(name, link, marks), roles.join(', '), loadCell(name, load), ...cells];
}

function named(name: string, link: string | undefined, marks: readonly string[]): Node {
  return h('span', { class: 'name' }, link === undefined ? name : h('a', { href: link }, name), ...marks.map((mark) => h('span', { class: 'mark', 'data-mark': mark }, mark)));
}

function loadCell(name: string, load: number): Node {
  const percent = `${Math.round(load * 100)} %`;
  return h('span', { class: 'load', title: percent }, h('meter', { value: load.toFixed(2), low: '0.7', high: '0.9', optimum: '0', 'aria-label': `Load of ${name}` }), percent);
}

function relayRow({ name, link, marks, load, cells }: RelayRow): (Node | string)[] {
  return [named(name, link, marks), loadCell(name, load), ...cells];
}

function streamRow({ path, state, ingest, copies, edges }: StreamRow): (Node | string)[] {
  const name = h('span', { class: 'name' }, h('a', { href: `/watch/${path}` }, path), h('span', { class: 'mark', 'data-mark': state }, state));
  return [name, ingest || '–', '→', copies || 'nowhere', '→', edges || 'nobody'];
}
