/** Sites and their relays as `GET /api/v1/relay/sites` tells them, read without trust. */
import { formatBitrate, formatCount } from './format';
import { array, number, object, text, type Json } from './json';

export interface RelayRow {
  readonly id: string;
  readonly name: string;
  /** Where its own page of nodes is. */
  readonly link: string | undefined;
  readonly marks: readonly string[];
  /** Share of what it can do, 0 to 1. */
  readonly load: number;
  readonly cells: readonly string[];
}

export interface SiteTable {
  readonly name: string;
  readonly summary: string;
  readonly relays: readonly RelayRow[];
}

export function readSites(json: unknown): SiteTable[] {
  return array(object(json)['sites']).map(object).map(table);
}

function table(site: Json): SiteTable {
  const relays = array(site['relays']).map(object);
  const totals = object(site['totals']);
  const [rate, offload] = [number(site['bytesPerSecond']) * 8, number(site['offload'])];
  const [parts, copies] = [most(relays, 'mesh.parts'), number(totals['mesh.edgeParts'])];
  const facts = [
    formatCount(relays.length, 'relay', 'relays'),
    formatCount(number(site['viewers']), 'viewer', 'viewers'),
    ...(rate > 0 ? [`${formatBitrate(rate)} to them`] : []),
    ...(offload > 0 ? [`offload ${Math.round(offload * 100)} %`] : []),
    ...(parts > 0 ? [`${(copies / parts).toFixed(2)} copies of a part from edges`] : []),
  ];
  return { name: text(site['name']), summary: `${array(site['subnets']).map(text).join(', ')}: ${facts.join(', ')}`, relays: relays.map(row) };
}

/** Every relay expects the same parts, those that came later fewer of them. */
function most(relays: readonly Json[], counter: string): number {
  return Math.max(0, ...relays.map((relay) => number(object(relay['counters'])[counter])));
}

function row(relay: Json): RelayRow {
  const counters = object(relay['counters']);
  const count = (name: string) => number(counters[name]);
  const url = text(relay['url']);
  return {
    id: text(relay['id']),
    name: text(relay['name']),
    link: /^https?:\/\//.test(url) ? `${url}/nodes` : undefined,
    marks: [...(relay['draining'] === true ? ['draining'] : []), ...(count('mesh.bans') > 0 ? [`shuts out ${count('mesh.bans')}`] : [])],
    load: Math.min(1, Math.max(0, number(relay['load']))),
    cells: [
      String(number(relay['viewers'])),
      formatBitrate(number(relay['bytesPerSecond']) * 8),
      String(count('mesh.edgeParts')),
      String(count('mesh.fallback')),
      String(count('mesh.late') + count('mesh.expired')),
      String(count('mesh.repaired')),
      String(count('mesh.peers')),
    ],
  };
}
