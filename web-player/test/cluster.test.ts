import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCluster, readWays, SeenNodes } from '../src/core/cluster';

describe('page of nodes', () => {
  test('shows nodes with what is special about them', () => {
    const { summary, nodes } = readCluster({
      name: 'c', node: 'a', coordinator: 'a',
      settings: { revision: 3, differing: ['two'] },
      nodes: [
        { id: 'a', name: 'one', roles: ['edge'], addresses: { viewers: 'http://one:8080' }, load: { cores: 4, busyCores: 1, viewers: 7, bytesOutPerSecond: 250_000 }, uptimeSeconds: 61, version: '1' },
        { id: 'b', name: 'two', roles: ['ingest'], addresses: {}, load: { workers: 1, maxWorkers: 2 }, draining: true, settingsRevision: 2, streams: { ingest: 1, origin: 0 } },
      ],
    });
    assert.equal(summary, 'Cluster c: 2 nodes, settings of revision 3');
    assert.deepEqual(nodes[0], {
      id: 'a', name: 'one', link: 'http://one:8080/nodes', roles: ['edge'], marks: ['this one', 'coordinator'], load: 0.25,
      cells: ['7', '2.0 Mbit/s', '–', '–', '1 min 01 s', '1'],
    });
    assert.deepEqual(nodes[1]?.marks, ['draining', 'settings 2, newest 3']);
    assert.deepEqual(nodes[1]?.cells.slice(2, 4), ['1 of 2', '1 published']);
  });

  test('marks nodes that are set in another way, and that refused settings', () => {
    const { nodes } = readCluster({
      name: 'c',
      settings: { differences: [{ key: 'origin.replicas', nodes: [['one', 'three'], ['two']] }] },
      nodes: [{ id: 'a', name: 'one' }, { id: 'b', name: 'two' }, { id: 'c', name: 'three', settingsError: 'no such key' }],
    });
    assert.deepEqual(nodes.map(({ marks }) => marks), [[], ['other origin.replicas'], ['settings refused: no such key']]);
  });

  test('shows what is scarcest as load', () => {
    const load = { cores: 4, busyCores: 1, bytesOutPerSecond: 10_000_000, maxBytesOutPerSecond: 12_500_000 };
    const [node] = readCluster({ name: 'c', nodes: [{ id: 'a', name: 'one', load }] }).nodes;
    assert.equal(node?.load, 0.8);
    assert.equal(node?.cells[1], '80 Mbit/s of 100 Mbit/s');
  });

  test('keeps nodes that are gone for a while', () => {
    let now = 0;
    const seen = new SeenNodes(() => now);
    const rows = (...ids: string[]) => readCluster({ nodes: ids.map((id) => ({ id, name: id.slice(0, 1), version: '1' })) }).nodes;
    const shown = (...ids: string[]) => seen.with(rows(...ids)).map(({ id, marks }) => [id, ...marks]);
    assert.deepEqual(shown('b', 'a'), [['a'], ['b']]);
    now = 5_000;
    assert.deepEqual(shown('a'), [['a'], ['b', 'gone for 5 s']]);
    assert.deepEqual(shown('a', 'b2'), [['a'], ['b2']], 'started again');
    now = 10_000;
    assert.deepEqual(shown('b2'), [['a', 'gone for 5 s'], ['b2']]);
    now = 70_000;
    assert.deepEqual(shown('b2'), [['b2']]);
  });

  test('shows who has a stream from whom', () => {
    const copies = [{ name: 'i', kind: 'ingest', state: 'live' }, { name: 'o', kind: 'origin', state: 'filling' }, { name: 'p', kind: 'origin', state: 'live' }];
    assert.deepEqual(readWays({ streams: [{ path: 'live/a', state: 'live', copies, viewersByNode: [{ name: 'e', viewers: 3 }] }] }), [
      { path: 'live/a', state: 'live', ingest: 'i', copies: 'o (filling), p', edges: 'e (3)' },
    ]);
  });

  test('bears what it does not know', () => {
    assert.deepEqual(readCluster(null), { summary: 'This server is not part of a cluster.', nodes: [] });
    assert.deepEqual(readWays({}), []);
  });
});
