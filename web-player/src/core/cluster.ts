/** The cluster as `GET /api/v1/cluster` and `GET /api/v1/streams` tell it, read without trust. */
import { formatBitrate, formatCount, formatDuration } from './format';
import { array, number, object, text, type Json } from './json';

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  /** For an edge where its own page of nodes is. */
  readonly link: string | undefined;
  readonly roles: readonly string[];
  /** Remarks: this one, coordinator, draining, other settings than most have or refused ones, gone. */
  readonly marks: readonly string[];
  /** Share of its processors or of its line in use, whichever is fuller, 0 to 1. */
  readonly load: number;
  readonly cells: readonly string[];
}

export interface StreamRow {
  readonly path: string;
  readonly state: string;
  readonly ingest: string;
  readonly copies: string;
  readonly edges: string;
}

export interface ClusterPage {
  readonly summary: string;
  readonly nodes: readonly NodeRow[];
}

export function readCluster(json: unknown): ClusterPage {
  const cluster = object(json);
  const settings = object(cluster['settings']);
  const revision = number(settings['revision']);
  const differing = array(settings['differing']);
  const nodes = array(cluster['nodes']).map(object);
  const name = text(cluster['name']);
  const marked = (node: Json): string[] => [
    ...(node['id'] === cluster['node'] ? ['this one'] : []),
    ...(node['id'] === cluster['coordinator'] && nodes.length > 1 ? ['coordinator'] : []),
    ...(node['draining'] === true ? ['draining'] : []),
    ...(differing.includes(node['name']) ? [`settings ${number(node['settingsRevision'])}, newest ${revision}`] : []),
    ...others(settings, node['name']).map((key) => `other ${key}`),
    ...(text(node['settingsError']) === '' ? [] : [`settings refused: ${text(node['settingsError'])}`]),
  ];
  const count = formatCount(nodes.length, 'node', 'nodes');
  return {
    summary: name === '' ? 'This server is not part of a cluster.' : `Cluster ${name}: ${count}, settings of revision ${revision}`,
    nodes: nodes.map((node) => row(node, marked(node))),
  };
}

/** The settings that a node has otherwise than most; the largest party comes first. */
function others(settings: Json, name: unknown): string[] {
  return array(settings['differences'])
    .map(object)
    .filter((difference) => array(difference['nodes']).slice(1).some((party) => array(party).includes(name)))
    .map((difference) => text(difference['key']));
}

/** Remembers nodes, so that one that is gone is not simply missing on the page. */
export class SeenNodes {
  readonly #seen = new Map<string, { readonly row: NodeRow; readonly atMs: number }>();

  /** @param nowMs a monotonic clock */
  constructor(private readonly nowMs: () => number) {}

  /** The nodes that are there, and for a minute those that were, ordered by name. */
  with(rows: readonly NodeRow[]): NodeRow[] {
    const now = this.nowMs();
    for (const row of rows) {
      // A node that was started again under its name is another one by id.
      for (const [id, { row: old }] of this.#seen) if (old.name === row.name) this.#seen.delete(id);
      this.#seen.set(row.id, { row, atMs: now });
    }
    for (const [id, { atMs }] of this.#seen) if (now - atMs > REMEMBERED_MS) this.#seen.delete(id);
    return [...this.#seen.values()]
      .map(({ row, atMs }) => (atMs === now ? row : { ...row, marks: [`gone for ${formatDuration((now - atMs) / 1000)}`], load: 0, cells: row.cells.map(() => '–') }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}

/** How long a node that is gone stays on the page. */
const REMEMBERED_MS = 60_000;

export function readWays(json: unknown): StreamRow[] {
  return array(object(json)['streams'])
    .map(object)
    .map((stream) => {
      const copies = array(stream['copies']).map(object);
      const of = (kind: string) => copies.filter((copy) => copy['kind'] === kind);
      const shown = (copy: Json) => (copy['state'] === 'live' ? text(copy['name']) : `${text(copy['name'])} (${text(copy['state'])})`);
      return {
        path: text(stream['path']),
        state: text(stream['state']),
        ingest: of('ingest').map(shown).join(', '),
        copies: of('origin').map(shown).join(', '),
        edges: array(stream['viewersByNode']).map(object).map((edge) => `${text(edge['name'])} (${number(edge['viewers'])})`).join(', '),
      };
    });
}

function row(node: Json, marks: readonly string[]): NodeRow {
  const load = object(node['load']);
  const streams = object(node['streams']);
  const viewers = text(object(node['addresses'])['viewers']);
  const cores = Math.max(1, number(load['cores']));
  const [out, line] = [number(load['bytesOutPerSecond']), number(load['maxBytesOutPerSecond'])];
  const workers = number(load['maxWorkers']) > 0 ? `${number(load['workers'])} of ${number(load['maxWorkers'])}` : '–';
  const counts = [[number(streams['ingest']), 'published'], [number(streams['origin']), 'copied']] as const;
  return {
    id: text(node['id']),
    name: text(node['name']),
    link: /^https?:\/\//.test(viewers) ? `${viewers}/nodes` : undefined,
    roles: array(node['roles']).map(text),
    marks,
    load: Math.min(1, Math.max(number(load['busyCores']) / cores, line > 0 ? out / line : 0)),
    cells: [
      String(number(load['viewers'])),
      line > 0 ? `${formatBitrate(out * 8)} of ${formatBitrate(line * 8)}` : formatBitrate(out * 8),
      workers,
      counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(', ') || '–',
      formatDuration(number(node['uptimeSeconds'])),
      text(node['version']),
    ],
  };
}
