import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/core/config';
import { bufferAhead, decideJump, decideRate, settlingPoint, type Position } from '../src/core/live-edge';
import { ProgressWatch } from '../src/core/progress';
import { RateWindow } from '../src/core/rate-window';

const AT_EDGE: Position = {
  currentTime: 100,
  buffered: [{ start: 80, end: 101.4 }],
  liveSync: 100.2,
  latency: 1.7,
  targetLatency: 1.5,
  independentSegments: true,
  gapAtEdge: false,
  stalled: false,
};
const decide = (change: Partial<Position>) => decideJump({ ...AT_EDGE, ...change }, DEFAULT_CONFIG);

describe('live edge', () => {
  test('leaves small distances to the playback rate', () => {
    assert.deepEqual(decide({}), { kind: 'stay' });
    assert.deepEqual(decide({ latency: 4.4, liveSync: 102.9 }), { kind: 'stay' });
  });

  test('steers by the rate, both ways, and not at all close to the target', () => {
    const rate = (change: Partial<Position>) => decideRate({ ...AT_EDGE, ...change }, DEFAULT_CONFIG);
    assert.deepEqual([1.5, 1.59, 2.1, 2.5, 9].map((latency) => rate({ latency })), [1, 1, 1.06, 1.08, 1.08]);
    assert.deepEqual([1.41, 1.2, 0.7].map((latency) => rate({ latency })), [1, 0.97, 0.95]);
  });

  test('does not speed up into an empty buffer, nor without a live playlist', () => {
    const thin = [{ start: 80, end: 100.5 }];
    assert.equal(decideRate({ ...AT_EDGE, latency: 2.5, buffered: thin }, DEFAULT_CONFIG), 1);
    assert.equal(decideRate({ ...AT_EDGE, latency: 0.7, buffered: thin }, DEFAULT_CONFIG), 0.95);
    assert.equal(decideRate({ ...AT_EDGE, latency: 2.5, liveSync: undefined }, DEFAULT_CONFIG), 1);
    assert.equal(decideRate({ ...AT_EDGE, latency: Number.NaN }, DEFAULT_CONFIG), 1);
  });

  test('jumps to the edge when far behind and the media is there', () => {
    const buffered = [{ start: 80, end: 112 }];
    assert.deepEqual(decide({ latency: 11.7, liveSync: 110.2, buffered }), { kind: 'jump', to: 110.2, reason: 'behind' });
  });

  test('jumps to the edge without media there only when very far behind, and only into media that decodes from there', () => {
    assert.deepEqual(decide({ latency: 11.7, liveSync: 110.2 }), { kind: 'stay' });
    assert.deepEqual(decide({ latency: 14, liveSync: 112.5 }), { kind: 'jump', to: 112.5, reason: 'behind' });
    assert.deepEqual(decide({ latency: 14, liveSync: 112.5, independentSegments: false }), { kind: 'stay' });
    assert.deepEqual(decide({ latency: 14, liveSync: 112.5, currentTime: 0, buffered: [] }), { kind: 'stay' });
  });

  test('waits where it is while the publisher is away', () => {
    assert.deepEqual(decide({ latency: 14, liveSync: 112.5, gapAtEdge: true, stalled: true }), { kind: 'stay' });
  });

  test('jumps over the hole that an absent publisher leaves, to the live edge behind it', () => {
    const hole = { currentTime: 100, buffered: [{ start: 80, end: 100 }, { start: 117, end: 120 }], stalled: true };
    assert.deepEqual(decide({ ...hole, liveSync: 118.5 }), { kind: 'jump', to: 118.5, reason: 'hole' });
    assert.deepEqual(decide({ ...hole, liveSync: 116 }), { kind: 'jump', to: 117.02, reason: 'hole' });
    assert.deepEqual(decide({ ...hole, liveSync: undefined }), { kind: 'jump', to: 117.02, reason: 'hole' });
  });

  test('does not jump before the picture stands, nor to crumbs', () => {
    const buffered = [{ start: 80, end: 100 }, { start: 117, end: 120 }];
    assert.deepEqual(decide({ buffered, liveSync: 99 }), { kind: 'stay' });
    assert.deepEqual(decide({ buffered: [{ start: 80, end: 100 }, { start: 117, end: 117.2 }], stalled: true, liveSync: 99 }), { kind: 'stay' });
  });

  test('lets a picture that begins skip to the edge where the media is there', () => {
    assert.equal(settlingPoint({ ...AT_EDGE, liveSync: 100.9 }), 100.9);
    assert.equal(settlingPoint({ ...AT_EDGE, liveSync: 101.3 }), undefined);
    assert.equal(settlingPoint({ ...AT_EDGE, liveSync: 100.2 }), undefined);
    assert.equal(settlingPoint({ ...AT_EDGE, liveSync: undefined }), undefined);
  });

  test('never jumps back', () => {
    assert.deepEqual(decide({ latency: 20, liveSync: 90 }), { kind: 'stay' });
  });

  test('counts media ahead up to the next hole', () => {
    assert.equal(bufferAhead(100, [{ start: 80, end: 101.5 }]), 1.5);
    assert.equal(bufferAhead(100, [{ start: 100.05, end: 102 }]), 1.9500000000000028);
    assert.equal(bufferAhead(100, [{ start: 80, end: 90 }, { start: 105, end: 110 }]), 0);
  });
});

describe('progress', () => {
  test('tells movement, a stall once, and being stuck again and again', () => {
    const progress = new ProgressWatch(700);
    progress.reset(0);
    const seen = [0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000].map((now) => progress.observe(now, now < 500 ? now / 1000 : 0.5, 1000));
    assert.deepEqual(seen, ['still', 'moved', 'moved', 'still', 'still', 'stalled', 'stuck', 'still', 'still']);
    assert.equal(progress.observe(2500, 0.5, 1000), 'stuck');
    assert.equal(progress.observe(2750, 0.7, 1000), 'moved');
  });

  test('does not take a seek for movement', () => {
    const progress = new ProgressWatch(700);
    progress.reset(0);
    progress.observe(0, 10, 5000);
    progress.rebase();
    assert.equal(progress.observe(250, 60, 5000), 'still');
    assert.equal(progress.stillMs(250), 250);
  });
});

describe('rate window', () => {
  test('forgets what is older than the window', () => {
    const rate = new RateWindow(2);
    assert.equal(rate.bps, 0);
    for (const bytes of [9000, 1000, 1000, 1000, 1000]) rate.add(bytes, 0.5);
    assert.equal(rate.bps, 16_000);
    rate.add(0, 1);
    rate.add(1000, 0);
    assert.equal(rate.bps, 16_000);
  });
});
