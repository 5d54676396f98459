import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { holes, StallMeter } from '../src/core/glitches';
import { partsAhead, playlistEnd } from '../src/core/playlist-end';
import type { Rendition } from '../src/core/quality';
import { isLate, refuge, Withdrawals } from '../src/core/withdrawal';

const rung = (index: number, name: string, bitrateBps: number, withdrawn = false): Rendition => ({
  index, name, width: 1, height: 1, frameRate: 30, bitrateBps, codecs: '', withdrawn,
});
const ladder = (...withdrawn: number[]) =>
  [rung(0, '360p', 800_000), rung(1, '480p', 1_300_000), rung(2, '720p', 3_000_000), rung(3, 'video', 6_000_000)].map((r) => ({
    ...r, withdrawn: withdrawn.includes(r.index),
  }));

describe('leaving a rendition without media', () => {
  test('goes to the source where the line carries it', () => {
    assert.equal(refuge(ladder(), 1, 10e6, false)?.name, 'video');
  });

  test('goes to the next smaller one on a thin line, and up where there is none', () => {
    assert.equal(refuge(ladder(), 2, 4e6, false)?.name, '480p');
    assert.equal(refuge(ladder(1), 2, 4e6, false)?.name, '360p');
    assert.equal(refuge(ladder(), 0, 1e6, false)?.name, '480p');
  });

  test('goes to the source in any case where the encoder has died', () => {
    assert.equal(refuge(ladder(), 1, 1e6, true)?.name, 'video');
  });

  test('has nowhere to go when the publisher is away', () => {
    assert.equal(refuge(ladder(0, 1, 2), 3, 10e6, false), undefined);
    assert.equal(refuge([rung(0, 'video', 1)], 0, 10e6, true), undefined);
  });

  test('is counted once for each time', () => {
    const withdrawals = new Withdrawals();
    assert.equal(withdrawals.add(1, 0), true);
    assert.equal(withdrawals.add(1, 10), false);
    assert.deepEqual(withdrawals.olderThan(4_000, 3_000), []);
    assert.deepEqual(withdrawals.olderThan(4_000, 4_001), [1]);
    assert.equal(withdrawals.remove(1), true);
    assert.equal(withdrawals.remove(1), false);
    assert.equal(withdrawals.count, 1);
  });

  test('waits for more than one part time', () => {
    assert.equal(isLate(700, 0.5), false);
    assert.equal(isLate(801, 0.5), true);
    assert.equal(isLate(500, 0.2), false);
  });
});

describe('end of a media playlist', () => {
  const HEAD = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:10\n';

  test('is its newest part', () => {
    const text = `${HEAD}#EXTINF:2,\n10.m4s\n#EXT-X-PART:DURATION=0.5,URI="a"\n#EXT-X-PART:DURATION=0.5,URI="b"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="c"\n`;
    assert.deepEqual(playlistEnd(text), { msn: 11, parts: 2, gap: false });
  });

  test('counts skipped segments', () => {
    assert.equal(playlistEnd(`${HEAD}#EXT-X-SKIP:SKIPPED-SEGMENTS=5\n#EXTINF:2,\nx.m4s\n`)?.msn, 15);
  });

  test('tells gaps of parts, of segments, and a segment that ends with media again', () => {
    assert.equal(playlistEnd(`${HEAD}#EXT-X-PART:DURATION=0.5,URI="a",GAP=YES\n`)?.gap, true);
    assert.equal(playlistEnd(`${HEAD}#EXT-X-GAP\n#EXTINF:2,\n10.m4s\n`)?.gap, true);
    assert.equal(playlistEnd(`${HEAD}#EXT-X-GAP\n#EXTINF:2,\n10.m4s\n#EXT-X-PART:DURATION=0.5,URI="a",INDEPENDENT=YES\n`)?.gap, false);
    assert.equal(playlistEnd(HEAD), undefined);
  });

  test('is compared in parts', () => {
    const end = (msn: number, parts: number) => ({ msn, parts, gap: false });
    assert.equal(partsAhead(end(11, 1), end(10, 3), 4), 2);
    assert.equal(partsAhead(end(10, 1_000), end(10, 4), 4), 0);
    assert.ok(partsAhead(end(10, 0), end(10, 2), 4) < 0);
  });
});

describe('glitches', () => {
  test('are waits, counted and timed', () => {
    const meter = new StallMeter();
    meter.begin(1_000);
    meter.begin(1_100);
    assert.deepEqual(meter.report(1_300), { count: 1, totalMs: 300, longestMs: 300 });
    meter.end(1_500);
    meter.end(1_600);
    meter.begin(3_000);
    meter.end(3_100);
    assert.deepEqual(meter.report(9_000), { count: 2, totalMs: 600, longestMs: 500 });
  });

  test('are holes in what is buffered ahead, not rounding', () => {
    const ranges = [{ start: 0, end: 4 }, { start: 5, end: 9.99 }, { start: 10, end: 12 }, { start: 13, end: 14 }];
    assert.deepEqual(holes(ranges, 6), [{ start: 12, end: 13 }]);
    assert.deepEqual(holes(ranges, 0).length, 2);
  });
});
