import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlayerError } from '../src/core/errors';
import { INITIAL, transition, type Answer, type Command, type Signal, type Watch } from '../src/core/machine';
import { messageOf } from '../src/core/messages';

const NETWORK: PlayerError = { kind: 'network', fatal: true, detail: 'levelLoadError' };
const HEVC: PlayerError = { kind: 'codec', fatal: true, codecs: ['H.265 (HEVC)'] };
const LIVE: Answer = { kind: 'live', epoch: 1 };

const failed = (error: PlayerError): Signal => ({ kind: 'failed', error });
const answered = (answer: Answer): Signal => ({ kind: 'answered', answer });

/** Feeds signals (a bare word is a signal without data) and returns the end and the commands of the last step. */
function after(...signals: ReadonlyArray<Signal | Exclude<Signal['kind'], 'failed' | 'answered'>>): { watch: Watch; commands: string[] } {
  let watch = INITIAL;
  let commands: readonly Command[] = [];
  for (const signal of signals) {
    ({ watch, commands } = transition(watch, typeof signal === 'string' ? { kind: signal } : signal));
  }
  return { watch, commands: commands.map((c) => (c.kind === 'ask' ? `ask ${JSON.stringify(c.when)}` : c.kind)) };
}

const PLAYING = ['start', 'manifest', 'moved'] as const;

describe('state machine', () => {
  test('plays after the playlist and the first movement', () => {
    assert.deepEqual(after('start').commands, ['load']);
    assert.equal(after('start', 'manifest').watch.state.kind, 'buffering');
    assert.deepEqual(after(...PLAYING).watch, { state: { kind: 'playing' }, played: true });
  });

  test('stays the same object while nothing changes', () => {
    const { watch } = after(...PLAYING);
    assert.equal(transition(watch, { kind: 'moved' }).watch, watch);
    assert.equal(transition(watch, { kind: 'mediaAtEdge' }).watch, watch);
  });

  test('keeps the engine while the publisher is away within the reconnect window', () => {
    const away = after(...PLAYING, 'gapAtEdge');
    assert.equal(away.watch.state.kind, 'away');
    assert.deepEqual(away.commands, ['ask "soon"']);
    const back = after(...PLAYING, 'gapAtEdge', answered({ kind: 'waiting' }), 'mediaAtEdge', 'moved');
    assert.deepEqual(back.watch.state, { kind: 'playing' });
    assert.deepEqual(back.commands, []);
  });

  test('does not take the rest of the buffer for the return of the publisher', () => {
    assert.equal(after(...PLAYING, 'gapAtEdge', 'moved').watch.state.kind, 'away');
    assert.equal(after(...PLAYING, 'gapAtEdge', 'mediaAtEdge', 'gapAtEdge', 'moved').watch.state.kind, 'away');
  });

  const lives = (count: number) => Array.from({ length: count }, () => answered(LIVE));

  test('begins again when media is back and the engine shows nothing', () => {
    const back = [...PLAYING, 'gapAtEdge', 'mediaAtEdge'] as const;
    assert.equal(after(...back, ...lives(3)).watch.state.kind, 'away');
    assert.deepEqual(after(...back, ...lives(4)).commands, ['unload', 'load']);
    assert.equal(after(...back, ...lives(3), answered({ kind: 'waiting' }), ...lives(3)).watch.state.kind, 'away');
  });

  test('stays where it is while a connected publisher sends no media, but not for ever', () => {
    const silent = after(...PLAYING, 'gapAtEdge', ...lives(6));
    assert.equal(silent.watch.state.kind, 'away');
    assert.match(messageOf(silent.watch)?.title ?? '', /No picture/);
    assert.deepEqual(after(...PLAYING, 'gapAtEdge', ...lives(20)).commands, ['unload', 'load']);
  });

  test('opened while the publisher is away, joins once there is media behind the gap', () => {
    const opened = after('start', 'manifest', 'gapAtEdge');
    assert.deepEqual(opened.commands, ['unload', 'ask "soon"']);
    assert.match(messageOf(opened.watch)?.title ?? '', /has left/);
    assert.deepEqual(after('start', 'manifest', 'gapAtEdge', answered({ kind: 'waiting' }), ...lives(2)).commands, ['ask "soon"']);
    assert.equal(after('start', 'manifest', 'gapAtEdge', ...lives(3)).watch.state.kind, 'loading');
  });

  test('lets the buffer play out at the end, and loads the next presentation', () => {
    const ended = after(...PLAYING, 'endlist');
    assert.equal(ended.watch.state.kind, 'ended');
    assert.deepEqual(ended.commands, ['ask "soon"']);
    assert.deepEqual(after(...PLAYING, 'endlist', answered({ kind: 'ended' })).commands, ['ask "soon"']);
    assert.deepEqual(after(...PLAYING, 'endlist', answered({ kind: 'absent' })).commands, ['ask "soon"']);
    assert.deepEqual(after(...PLAYING, 'endlist', answered(LIVE)).commands, ['unload', 'load']);
  });

  test('does not show a presentation that was over before it was opened', () => {
    const ended = after('start', 'manifest', 'endlist');
    assert.equal(ended.watch.state.kind, 'ended');
    assert.deepEqual(ended.commands, ['unload', 'ask "soon"']);
  });

  test('waits for a stream that has not started', () => {
    const absent = after('start', failed({ kind: 'absent', fatal: true }));
    assert.deepEqual(absent.watch, { state: { kind: 'absent' }, played: false });
    assert.deepEqual(absent.commands, ['unload', 'ask "soon"']);
    const live = after('start', failed({ kind: 'absent', fatal: true }), answered({ kind: 'absent' }), answered(LIVE));
    assert.deepEqual(live.commands, ['load']);
  });

  test('retries for ever, each time with a longer wait', () => {
    const first = after(...PLAYING, failed(NETWORK));
    assert.deepEqual(first.watch.state, { kind: 'retrying', attempt: 1, error: NETWORK });
    assert.deepEqual(first.commands, ['unload', 'ask {"attempt":0}']);
    const down = answered({ kind: 'unreachable', detail: 'refused' });
    assert.deepEqual(after(...PLAYING, failed(NETWORK), down, down).commands, ['unload', 'ask {"attempt":2}']);
    assert.deepEqual(after(...PLAYING, failed(NETWORK), down, answered(LIVE)).commands, ['load']);
  });

  test('waits longer when the server says live but playback keeps failing', () => {
    const again = after(...PLAYING, failed(NETWORK), answered(LIVE), 'manifest', failed(NETWORK));
    assert.deepEqual(again.commands, ['unload', 'ask {"attempt":1}']);
    const played = after(...PLAYING, failed(NETWORK), answered(LIVE), 'manifest', 'moved', failed(NETWORK));
    assert.deepEqual(played.commands, ['unload', 'ask {"attempt":0}']);
  });

  test('after a server restart waits for the publisher, then plays', () => {
    const restarted = after(...PLAYING, failed(NETWORK), answered({ kind: 'absent' }));
    assert.deepEqual(restarted.watch, { state: { kind: 'absent' }, played: true });
    assert.deepEqual(after(...PLAYING, failed(NETWORK), answered({ kind: 'absent' }), answered(LIVE)).commands, ['load']);
  });

  test('asks the server why the picture stands still', () => {
    const stalled = after(...PLAYING, 'stalled');
    assert.deepEqual(stalled.commands, ['ask "now"']);
    assert.equal(after(...PLAYING, 'stalled', answered({ kind: 'waiting' })).watch.state.kind, 'away');
    assert.equal(after(...PLAYING, 'stalled', answered(LIVE)).watch.state.kind, 'stalled');
    assert.equal(after(...PLAYING, 'stalled', answered(LIVE), 'moved').watch.state.kind, 'playing');
    assert.equal(after(...PLAYING, 'stalled', answered(LIVE), 'stuck').watch.state.kind, 'retrying');
  });

  test('says that it waits for a key frame, and begins again if none comes', () => {
    const waiting = after('start', 'manifest', 'keyFrameAwaited');
    assert.match(messageOf(waiting.watch)?.title ?? '', /key frame/);
    assert.equal(after('start', 'manifest', 'keyFrameAwaited', 'moved').watch.state.kind, 'playing');
    assert.equal(after('start', 'manifest', 'keyFrameAwaited', 'stuck').watch.state.kind, 'retrying');
  });

  test('leaves a paused player alone', () => {
    assert.equal(after(...PLAYING, 'paused', 'gapAtEdge').watch.state.kind, 'paused');
    assert.equal(after(...PLAYING, 'paused', 'resumed', 'moved').watch.state.kind, 'playing');
    const lost = after(...PLAYING, 'paused', failed(NETWORK));
    assert.deepEqual(lost.watch.state, { kind: 'paused', attached: false });
    assert.deepEqual(after(...PLAYING, 'paused', failed(NETWORK), 'resumed').commands, ['load']);
  });

  test('says plainly which codec is not playable, and tries the next publication', () => {
    const hevc = after('start', failed(HEVC));
    assert.equal(hevc.watch.state.kind, 'unplayable');
    assert.match(messageOf(hevc.watch)?.detail ?? '', /H\.265 \(HEVC\)/);
    assert.deepEqual(after('start', failed(HEVC), answered(LIVE), answered(LIVE)).commands, ['ask "soon"']);
    assert.deepEqual(after('start', failed(HEVC), answered(LIVE), answered({ kind: 'live', epoch: 2 })).commands, ['load']);
  });

  test('ignores failures that are not fatal', () => {
    const { watch } = after(...PLAYING);
    assert.equal(transition(watch, failed({ kind: 'network', fatal: false, detail: 'fragLoadError' })).watch, watch);
  });

  test('always says something, except while the picture speaks', () => {
    assert.equal(messageOf(after(...PLAYING).watch), undefined);
    assert.match(messageOf(after(...PLAYING, 'gapAtEdge').watch)?.title ?? '', /has left/);
    assert.match(messageOf(after(...PLAYING, 'endlist').watch)?.title ?? '', /has ended/);
    assert.match(messageOf(after('start', failed({ kind: 'absent', fatal: true })).watch)?.title ?? '', /Not on air/);
    assert.match(messageOf(after(...PLAYING, failed(NETWORK)).watch)?.detail ?? '', /attempt 1/);
  });
});
