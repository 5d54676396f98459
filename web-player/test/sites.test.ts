import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSites } from '../src/core/sites';

describe('sites on the page of nodes', () => {
  test('shows what a site is spared, and each of its relays', () => {
    const relays = [
      { id: 'a', name: 'hall', url: 'http://hall:8080', load: 0.25, viewers: 7, bytesPerSecond: 250_000, counters: { 'mesh.parts': 100, 'mesh.edgeParts': 60, 'mesh.fallback': 3, 'mesh.late': 2, 'mesh.expired': 1, 'mesh.repaired': 9, 'mesh.peers': 1 } },
      { id: 'b', name: 'roof', url: 'javascript:alert(1)', load: 7, draining: true, counters: { 'mesh.parts': 80, 'mesh.edgeParts': 45, 'mesh.bans': 1 } },
    ];
    const [site] = readSites({ sites: [{ name: 'campus', subnets: ['10.20.0.0/16'], viewers: 7, bytesPerSecond: 250_000, offload: 0.964, totals: { 'mesh.edgeParts': 105 }, relays }] });
    assert.equal(site?.summary, '10.20.0.0/16: 2 relays, 7 viewers, 2.0 Mbit/s to them, offload 96 %, 1.05 copies of a part from edges');
    assert.deepEqual(site?.relays[0], { id: 'a', name: 'hall', link: 'http://hall:8080/nodes', marks: [], load: 0.25, cells: ['7', '2.0 Mbit/s', '60', '3', '3', '9', '1'] });
    assert.deepEqual([site?.relays[1]?.link, site?.relays[1]?.marks, site?.relays[1]?.load], [undefined, ['draining', 'shuts out 1'], 1]);
  });

  test('bears what it does not know', () => {
    assert.deepEqual(readSites(undefined), []);
    assert.deepEqual(readSites({ sites: [7] }), [{ name: '', summary: ': 0 relays, 0 viewers', relays: [] }]);
  });
});
