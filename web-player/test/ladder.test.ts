import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readStream } from '../src/core/api';
import { encodedNames, ladderNotice, ladderSummary, qualitiesSummary, rungSummary, withLeftOut, type LadderFacts, type RungFacts } from '../src/core/ladder';
import type { Rendition } from '../src/core/quality';
import { isWorthRenewal, needsRenewal, newcomers, offered, type Playing } from '../src/core/renewal';

const rung = (name: string, more: Partial<RungFacts> = {}): RungFacts => ({
  name, codec: 'h264', width: 0, height: Number.parseInt(name, 10) || 0, bitrateBps: 1, speed: 1, fps: 30, dropped: false, reason: '', ...more,
});
const ladder = (more: Partial<LadderFacts>): LadderFacts => ({ state: 'encoding', reason: '', encoder: 'libx264', node: '', restarts: 0, lagMs: 0, rungs: [], ...more });

describe('the ladder in words', () => {
  test('is not mentioned while nothing is missing', () => {
    assert.equal(ladderNotice(undefined), '');
    assert.equal(ladderNotice(ladder({ rungs: [rung('720p'), rung('480p')] })), '');
    assert.equal(ladderNotice(ladder({ state: 'off' })), '');
    assert.equal(ladderNotice(ladder({ state: 'starting' })), '');
  });

  test('says what was left out', () => {
    const rungs = [rung('720p', { dropped: true }), rung('480p', { dropped: true }), rung('360p'), rung('audio', { dropped: true })];
    assert.equal(ladderNotice(ladder({ rungs })), 'The server is busy: no 720p and 480p at the moment.');
    assert.match(ladderNotice(ladder({ state: 'given-up' })), /Only the original/);
    assert.match(ladderNotice(ladder({ state: 'no-capacity' })), /Only the original/);
    assert.match(ladderNotice(ladder({ state: 'recovering' })), /restored/);
  });

  test('tells operators state, reason and speed', () => {
    assert.equal(ladderSummary(ladder({ lagMs: 420, restarts: 2 })), 'libx264, 0.4 s behind (restarted 2 times)');
    assert.equal(ladderSummary(ladder({ node: 'node-2', lagMs: 420 })), 'libx264 on node-2, 0.4 s behind');
    assert.equal(ladderSummary(ladder({ state: 'given-up', reason: 'the worker died 5 times' })), 'given up: the worker died 5 times');
    assert.equal(rungSummary(rung('720p', { speed: 0.972 })), '720p 0.97 ×');
    assert.equal(rungSummary(rung('720p', { dropped: true, reason: 'too slow' })), '720p left out: too slow');
    assert.equal(rungSummary(rung('720p', { speed: 0 })), '720p');
  });

  test('marks what was left out in the menu', () => {
    const all = [known(0, '480p', 480, 1.2e6), known(1, 'video', 720, 3e6)];
    const rungs = [rung('480p', { dropped: true })];
    assert.deepEqual(withLeftOut(all, ladder({ rungs })).map(({ withdrawn }) => withdrawn), [true, false]);
    assert.deepEqual(withLeftOut(all, ladder({ state: 'recovering', rungs: [rung('480p')] })).map(({ withdrawn }) => withdrawn), [true, false]);
    assert.deepEqual(withLeftOut(all, undefined), all);
  });

  test('is told in a line where streams are listed', () => {
    const rungs = [rung('720p', { dropped: true, reason: 'too slow' }), rung('480p', { speed: 4.26 }), rung('360p', { speed: 0 }), { ...rung('audio'), height: 0 }];
    assert.equal(qualitiesSummary(ladder({ rungs })), 'source, 480p (4.3 ×), 360p; left out: 720p');
    assert.equal(qualitiesSummary(ladder({ state: 'no-capacity', reason: 'all 2 workers are taken', rungs })), 'source only: no free encoder');
  });

  test('is read without trust', () => {
    const json = { path: 'a/b', ladder: { state: 'encoding', restarts: 'x', rungs: [{ name: '720p', height: 720, dropped: 1 }, null] } };
    const read = readStream(json)?.ladder;
    assert.equal(read?.restarts, 0);
    assert.deepEqual(read && encodedNames(read), ['720p']);
    assert.equal(readStream({ path: 'a/b', ladder: { state: '<script>' } })?.ladder, undefined);
    assert.equal(readStream({ path: 'a/b' })?.ladder, undefined);
  });
});

const known = (index: number, name: string, height: number, bitrateBps: number): Rendition => ({
  index, name, height, width: (height * 16) / 9, frameRate: 30, bitrateBps, codecs: '', withdrawn: false,
});
const variant = (name: string, height: number, bandwidthBps: number) => ({
  name, hasVideo: height > 0, width: (height * 16) / 9, height, frameRate: 30, bandwidthBps, codecs: '',
});
const SOURCE = [known(0, 'video', 1080, 6e6)];
const playing = (more: Partial<Playing>): Playing => ({ choice: 'auto', stalled: false, bandwidthBps: 20e6, screenSide: 1080, ...more });

describe('renditions that begin late', () => {
  const fresh = newcomers([variant('video', 1080, 6e6), variant('480p', 480, 1.3e6), variant('720p', 720, 3e6), variant('audio', 0, 6e4)], SOURCE);

  test('stand in the menu, in their place', () => {
    assert.deepEqual(offered(SOURCE, fresh).map(({ name }) => name), ['480p', '720p', 'video']);
    assert.ok(fresh.every(({ index }) => index < -1));
  });

  test('are loaded for who asks for them', () => {
    assert.equal(needsRenewal('480p', SOURCE, fresh), true);
    assert.equal(needsRenewal('1080p', SOURCE, fresh), false);
    assert.equal(needsRenewal('360p', SOURCE, fresh), false);
    assert.equal(needsRenewal('auto', SOURCE, fresh), false);
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({ choice: '720p' })), true);
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({ choice: '1080p' })), false);
  });

  test('are loaded where the line is too thin for what there is', () => {
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({})), false);
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({ stalled: true })), true);
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({ bandwidthBps: 4e6 })), true);
    assert.equal(isWorthRenewal(SOURCE, fresh, playing({ choice: 'audio', stalled: true })), false);
  });

  test('are loaded where they show much more on this screen and line', () => {
    const small = [known(0, '360p', 360, 8e5)];
    const better = newcomers([variant('720p', 720, 3e6)], small);
    assert.equal(isWorthRenewal(small, better, playing({})), true);
    assert.equal(isWorthRenewal(small, better, playing({ bandwidthBps: 3.5e6 })), false);
    assert.equal(isWorthRenewal(small, better, playing({ screenSide: 300 })), false);
    assert.equal(isWorthRenewal(small, [], playing({ stalled: true })), false);
  });
});
