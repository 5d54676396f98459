/** The cluster as `GET /api/v1/cluster` and `GET /api/v1/streams` tell it, read without trust. */
import { formatBitrate, formatCount, formatDuration } from './format';

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  /** For an edge where its own page of nodes is. */
  readonly link: string | undefined;
  readonly roles: readonly string[];
  /** Remarks: this one, coordinator, draining, other settings. */
  readonly marks: readonly string[];
  /** Share of its processors in use, 0 to 1. */
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
  const differing = array(settings['differing']);
  const nodes = array(cluster['nodes']).map(object);
  const name = text(cluster['name']);
  const marked = (node: Json): string[] => [
    ...(node['id'] === cluster['node'] ? ['this one'] : []),
    ...(node['id'] === cluster['coordinator'] && nodes.length > 1 ? ['coordinator'] : []),
    ...(node['draining'] === true ? ['draining'] : []),
    ...(differing.includes(node['name']) ? [`settings ${number(node['settingsRevision'])}`] : []),
  ];
  const count = formatCount(nodes.length, 'node', 'nodes');
  const revision = number(settings['revision']);
  return {
    summary: name === '' ? 'This server is not part of a cluster.' : `Cluster ${name}: ${count}, settings of revision ${revision}`,
    nodes: nodes.map((node) => row(node, marked(node))),
  };
}

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
  const workers = number(load['maxWorkers']) > 0 ? `${number(load['workers'])} of ${number(load['maxWorkers'])}` : '–';
  const counts = [[number(streams['ingest']), 'published'], [number(streams['origin']), 'copied']] as const;
  return {
    id: text(node['id']),
    name: text(node['name']),
    link: /^https?:\/\//.test(viewers) ? `${viewers}/nodes` : undefined,
    roles: array(node['roles']).map(text),
    marks,
    load: Math.min(1, number(load['busyCores']) / cores),
    cells: [
      String(number(load['viewers'])),
      formatBitrate(number(load['bytesOutPerSecond']) * 8),
      workers,
      counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(', ') || '–',
      formatDuration(number(node['uptimeSeconds'])),
      text(node['version']),
    ],
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
