import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { SegmentHashes } from '../src/core/segment-hashes';
import { digest, sha256 } from '../src/core/sha256';
import { withoutViewer, withViewer } from '../src/core/playlist-url';
import { newTally, obstacle, offload, readConsent, readSharing } from '../src/core/sharing';

const bytes = (length: number): ArrayBuffer => Uint8Array.from(randomBytes(length)).buffer;
const hashOf = (data: ArrayBuffer): string => createHash('sha256').update(new Uint8Array(data)).digest('hex');

describe('SHA-256', () => {
  test('is that of the platform for every length around the ends of blocks', () => {
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 300_001]) {
      const data = bytes(length);
      assert.equal(sha256(data), hashOf(data), String(length));
    }
  });

  test('is taken from the platform where it has one', async () => {
    const data = bytes(99);
    assert.equal(await digest(data), hashOf(data));
  });
});

describe('hashes of segments', () => {
  const SEGMENT = 'http://edge/hls/live/main/video/7-1.m4s';
  const at = (answers: unknown[], asked: string[] = []) =>
    new SegmentHashes(
      'hashes.json',
      async (url) => {
        asked.push(url);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) throw answer;
        return answer;
      },
      async (data) => sha256(data),
      async () => undefined,
    );

  test('tell genuine bytes from others, and are asked for once', async () => {
    const data = bytes(500);
    const asked: string[] = [];
    const hashes = at([{ sha256: { '7-1.m4s': sha256(data), '7-0.m4s': 'x' } }], asked);
    assert.deepEqual(await Promise.all([hashes.isGenuine(SEGMENT, data), hashes.isGenuine(SEGMENT, bytes(500))]), [true, false]);
    assert.equal(await hashes.isGenuine(SEGMENT, data), true);
    assert.deepEqual(asked, ['http://edge/hls/live/main/video/hashes.json']);
  });

  test('are asked for again where an edge is a moment behind or does not answer', async () => {
    const data = bytes(10);
    assert.equal(await at([new Error('no'), { sha256: {} }, { sha256: { '7-1.m4s': sha256(data) } }]).isGenuine(SEGMENT, data), true);
  });

  test('that nobody knows are those of nothing', async () => {
    for (const answer of [new Error('no'), null, {}, { sha256: 7 }, { sha256: { '7-1.m4s': 7 } }]) {
      assert.equal(await at([answer]).isGenuine(SEGMENT, bytes(10)), false);
    }
  });
});

describe('sharing', () => {
  const ANSWER = { share: true, swarm: 'live/main@hall', site: 'hall', trackers: ['/tracker?token=x'], stun: ['stun:edge:3478'], hashes: 'hashes.json' };

  test('is offered by the server only', () => {
    const from = 'http://edge:8080/api/v1/streams/live/main/swarm';
    assert.deepEqual(readSharing(ANSWER, from)?.trackers, ['ws://edge:8080/tracker?token=x']);
    assert.equal(readSharing({ ...ANSWER, share: false }, from), undefined);
    assert.equal(readSharing({ share: true }, from), undefined);
    assert.equal(readSharing(undefined, from), undefined);
  });

  test('opens secure sockets from secure pages', () => {
    const from = 'https://edge/api/v1/streams/live/main/swarm';
    const trackers = ['/tracker?token=x', 'ws://two/tracker?token=x'];
    assert.deepEqual(readSharing({ ...ANSWER, trackers }, from)?.trackers, ['wss://edge/tracker?token=x', 'wss://two/tracker?token=x']);
  });

  test('is not for mobile lines and devices that save data', () => {
    assert.equal(obstacle({ type: 'wifi', saveData: false }, true), '');
    assert.equal(obstacle(undefined, true), '');
    assert.notEqual(obstacle({ type: 'cellular' }, true), '');
    assert.notEqual(obstacle({ saveData: true }, true), '');
    assert.notEqual(obstacle(undefined, false), '');
  });

  test('is asked about until the viewer has said something', () => {
    assert.deepEqual([readConsent(null), readConsent('on'), readConsent('off'), readConsent('yes')], [undefined, 'on', 'off', undefined]);
  });

  test('is measured by what came from viewers', () => {
    assert.equal(offload(newTally()), 0);
    assert.equal(offload({ ...newTally(), fromViewers: 3, fromServer: 1 }), 0.75);
  });
});

describe('the viewer in an address', () => {
  test('goes as it came', () => {
    for (const url of ['http://e/a.m3u8', 'http://e/a.m3u8?_HLS_msn=7&_HLS_part=1']) {
      assert.equal(withoutViewer(withViewer(url, 'abc')), url);
    }
    assert.equal(withoutViewer('http://e/a.m3u8?viewer=abc&_HLS_msn=7'), 'http://e/a.m3u8?_HLS_msn=7');
  });
});
