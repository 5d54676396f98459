import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fractionOf, isLive, offsetLabel, seekWindow, timeAt } from '../src/core/scrub';
import { readStoryboard, thumbnailAt } from '../src/core/storyboard';

describe('seek bar', () => {
  const window = { start: 10, end: 40 };

  test('reaches from what stays for a moment to the live position', () => {
    assert.deepEqual(seekWindow({ start: 8, end: 42 }, 40, 2), window);
    assert.equal(seekWindow({ start: 8, end: 42 }, undefined, 2), undefined);
    assert.equal(seekWindow({ start: 30, end: 42 }, 38, 2), undefined);
  });

  test('maps places to times and back', () => {
    assert.equal(timeAt(0.5, window), 25);
    assert.equal(timeAt(7, window), 40);
    assert.equal(fractionOf(25, window), 0.5);
    assert.equal(fractionOf(0, window), 0);
  });

  test('says how far behind a time is', () => {
    assert.equal(offsetLabel(39.5, window), 'Live');
    assert.equal(offsetLabel(33, window), '−0:07');
    assert.equal(offsetLabel(0, { start: 0, end: 754 }), '−12:34');
    assert.equal(isLive(38.9, window), false);
  });
});

describe('storyboard', () => {
  const TEXT = `WEBVTT
X-PROGRAM-DATE-TIME:2026-11-21T10:00:00.000Z

00:00:02.000 --> 00:00:04.000
thumbnails/1-5.jpg

01:02:04.500 --> 01:02:06.500
thumbnails/1-6.jpg
`;
  const zero = Date.parse('2026-11-21T10:00:00Z');

  test('names pictures by wall time', () => {
    assert.deepEqual(readStoryboard(TEXT, 'http://x/hls/a/b/storyboard.vtt'), [
      { startMs: zero + 2_000, endMs: zero + 4_000, url: 'http://x/hls/a/b/thumbnails/1-5.jpg' },
      { startMs: zero + 3_724_500, endMs: zero + 3_726_500, url: 'http://x/hls/a/b/thumbnails/1-6.jpg' },
    ]);
  });

  test('is empty where it is none', () => {
    for (const text of ['', 'WEBVTT\n\n00:02.000 --> 00:04.000\na.jpg\n', '<html>', TEXT.replace('2026-11-21T10', 'soon')]) {
      assert.deepEqual(readStoryboard(text, 'http://x/'), []);
    }
  });

  test('gives the picture of a moment, or the nearest', () => {
    const pictures = readStoryboard(TEXT, 'http://x/');
    assert.equal(thumbnailAt(pictures, zero + 3_000), pictures[0]);
    assert.equal(thumbnailAt(pictures, zero), pictures[0]);
    assert.equal(thumbnailAt(pictures, zero + 9e6), pictures[1]);
    assert.equal(thumbnailAt([], zero), undefined);
  });
});
