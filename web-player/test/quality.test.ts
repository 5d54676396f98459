import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AUDIO_ONLY, AUTO, buttonLabel, menuItems, readChoice, resolve, type Rendition } from '../src/core/quality';
import { canSwitch } from '../src/core/switch-point';
import { audioOnlyManifest, offersAudioOnly, renditionName, variantsOf } from '../src/core/variants';

const rendition = (index: number, name: string, height: number, more: Partial<Rendition> = {}): Rendition => ({
  index, name, height, width: (height * 16) / 9, frameRate: 30, bitrateBps: height * 4_000, codecs: 'avc1.64001f,mp4a.40.2', withdrawn: false, ...more,
});
const LADDER = [rendition(0, '360p', 360), rendition(1, '480p', 480), rendition(2, '720p', 720), rendition(3, 'video', 1080, { frameRate: 60 })];

describe('quality menu', () => {
  test('lists auto, the renditions from the best down, and sound alone', () => {
    const items = menuItems(LADDER, true, AUTO, 2);
    assert.deepEqual(items.map(({ label, note }) => [label, note]), [
      ['Auto', '720p'], ['1080p60', 'source'], ['720p', ''], ['480p', ''], ['360p', ''], ['Audio only', ''],
    ]);
    assert.deepEqual(items.filter((item) => item.checked).map((item) => item.choice), [AUTO]);
    assert.equal(buttonLabel(items), 'Auto 720p');
  });

  test('checks what was chosen and says which rendition has no media', () => {
    const items = menuItems([LADDER[0]!, { ...LADDER[2]!, index: 1, withdrawn: true }], false, '720p', 0);
    assert.deepEqual(items.map(({ label, note, checked }) => [label, note, checked]), [
      ['Auto', '', false], ['720p', 'not at the moment', true], ['360p', '', false],
    ]);
    assert.equal(buttonLabel(items), '720p');
  });

  test('is empty where there is nothing to choose', () => {
    assert.deepEqual(menuItems([LADDER[3]!], false, AUTO, 0), []);
    assert.deepEqual(menuItems([], false, AUTO, -1), []);
  });

  test('tells renditions of one size apart by their bit rates', () => {
    const twins = [rendition(0, 'video-1', 720, { bitrateBps: 2_500_000 }), rendition(1, 'video', 720, { bitrateBps: 6_000_000 })];
    assert.deepEqual(menuItems(twins, false, AUTO, -1).map((item) => item.label), ['Auto', '720p 6.0 Mbit/s', '720p 2.5 Mbit/s']);
    assert.equal(resolve('720p 2.5 Mbit/s', twins, false), 0);
    assert.equal(readChoice('720p 2.5 Mbit/s'), '720p 2.5 Mbit/s');
  });

  test('names a portrait picture by its smaller side', () => {
    assert.equal(menuItems([rendition(0, '480p', 854, { width: 480 }), rendition(1, 'video', 1280, { width: 720 })], false, AUTO, 0)[1]?.label, '720p');
  });

  test('carries a choice over to other streams', () => {
    assert.equal(resolve('480p', LADDER, true), 1);
    assert.equal(resolve('1440p', LADDER, true), 3);
    assert.equal(resolve('540p', LADDER, true), 1);
    assert.equal(resolve('240p', LADDER, true), 0);
    assert.equal(resolve('720p60', LADDER, true), 2);
    assert.equal(resolve(AUDIO_ONLY, LADDER, true), AUDIO_ONLY);
    assert.equal(resolve(AUDIO_ONLY, LADDER, false), AUTO);
    assert.equal(resolve('720p', [], false), AUTO);
  });

  test('believes only words that it wrote itself', () => {
    for (const bad of [null, '', '<b>', 'p', '720', 'Auto']) assert.equal(readChoice(bad), AUTO);
    for (const good of ['auto', 'audio', '720p', '1080p60']) assert.equal(readChoice(good), good);
  });
});

describe('moment of a switch', () => {
  const segments = [{ start: 0 }, { start: 2 }, { start: 4 }];

  test('is when the buffer ends in a segment that is still ahead', () => {
    assert.equal(canSwitch(2.8, 4.5, segments), true);
    assert.equal(canSwitch(3.7, 4.5, segments), false);
    assert.equal(canSwitch(2.8, 3.5, segments), false);
  });

  test('is not at the end of a segment that is being played: hls.js would read it again', () => {
    assert.equal(canSwitch(2.4, 3.999999, segments), false);
    assert.equal(canSwitch(2.4, 4.02, segments), false);
    assert.equal(canSwitch(1.2, 4.02, segments), true);
  });

  test('is any where nothing is buffered before the playlist', () => {
    assert.equal(canSwitch(0, 0, segments), true);
    assert.equal(canSwitch(5, 6, []), true);
  });
});

const MULTI = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-high",NAME="audio",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=4000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=60.000,AUDIO="audio-high"
video/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="video/iframes.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="mp4a.40.2",AUDIO="audio-low"
audio-64k/index.m3u8?x=1
`;

describe('variants of a multivariant playlist', () => {
  test('are read by name, size and rate', () => {
    assert.deepEqual(variantsOf(MULTI), [
      { name: 'video', hasVideo: true, width: 1920, height: 1080, frameRate: 60, bandwidthBps: 5_000_000, codecs: 'avc1.64001f,mp4a.40.2' },
      { name: 'audio-64k', hasVideo: false, width: 0, height: 0, frameRate: 0, bandwidthBps: 70_000, codecs: 'mp4a.40.2' },
    ]);
    assert.equal(renditionName('http://x/hls/a/b/720p/index.m3u8?viewer=1'), '720p');
    assert.equal(renditionName('v1.m3u8'), 'v1');
  });

  test('offer sound alone where there is a picture to leave out', () => {
    assert.equal(offersAudioOnly(variantsOf(MULTI)), true);
    assert.equal(offersAudioOnly(variantsOf(MULTI.replace(/.*avc1.*\n.*\n/, ''))), false);
  });

  test('can be reduced to their sound', () => {
    assert.deepEqual(audioOnlyManifest(MULTI).trim().split('\n'), [
      '#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="mp4a.40.2"', 'audio-64k/index.m3u8?x=1',
    ]);
  });
});
