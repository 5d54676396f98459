import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceFor, sentence } from '../src/core/advice';
import { answerOf, readRtmpPort, readStreams } from '../src/core/api';
import { backOffMs } from '../src/core/backoff';
import { codecName, unsupportedCodecs } from '../src/core/codecs';
import { describeError, toPlayerError } from '../src/core/errors';
import * as format from '../src/core/format';
import { streamOfWatchPath, viewerId, withViewer } from '../src/core/playlist-url';

describe('back-off', () => {
  test('doubles up to the bound', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((n) => backOffMs(n, 500, 8000, 0)), [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  test('takes at most a fifth off', () => {
    assert.equal(backOffMs(1, 500, 8000, 0.5), 900);
    assert.ok(backOffMs(9, 500, 8000, 0.999) >= 6400);
  });
});

describe('formatters', () => {
  test('write rates, times and sizes for people', () => {
    assert.deepEqual([0, 96_000, 999_499, 999_500, 2_480_000, 12_000_000].map(format.formatBitrate),
      ['–', '96 kbit/s', '999 kbit/s', '1.0 Mbit/s', '2.5 Mbit/s', '12 Mbit/s']);
    assert.deepEqual([0, 59.9, 65, 3600, 7620, 90_000].map(format.formatDuration),
      ['0 s', '59 s', '1 min 05 s', '1 h 00 min', '2 h 07 min', '1 d 1 h']);
    assert.deepEqual([30, 29.97002997, 12.5, 0].map(format.formatFrameRate), ['30 fps', '29.97 fps', '12.5 fps', '–']);
    assert.deepEqual([1.234, Number.NaN, Number.POSITIVE_INFINITY].map(format.formatSeconds), ['1.23 s', '–', '–']);
    assert.equal(format.formatCount(1, 'viewer', 'viewers'), '1 viewer');
  });
});

describe('codec names', () => {
  test('are those that people know', () => {
    assert.deepEqual(['avc1.64001f', 'hvc1.1.6.L93.B0', 'AVC', 'HEVC', 'mp4a.40.2', 'mp4a.40.34', 'MP3', 'wxyz'].map(codecName),
      ['H.264', 'H.265 (HEVC)', 'H.264', 'H.265 (HEVC)', 'AAC', 'MP3', 'MP3', 'wxyz']);
  });

  test('name each unsupported codec once', () => {
    assert.deepEqual(unsupportedCodecs('hvc1.1.6.L93.B0, mp4a.40.2,hev1.1', (codec) => codec.startsWith('mp4a')), ['H.265 (HEVC)']);
    assert.deepEqual(unsupportedCodecs('', () => false), []);
  });
});

describe('playlist addresses', () => {
  test('carry the viewer beside the delivery directives', () => {
    assert.equal(withViewer('http://h/hls/a/b/index.m3u8', 'v1'), 'http://h/hls/a/b/index.m3u8?viewer=v1');
    assert.equal(withViewer('/hls/a/b/video/index.m3u8?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES', 'v1'),
      '/hls/a/b/video/index.m3u8?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES&viewer=v1');
    assert.equal(withViewer('/a/index.m3u8?viewer=old&_HLS_msn=7', 'v1'), '/a/index.m3u8?_HLS_msn=7&viewer=v1');
  });

  test('of media stay as they are', () => {
    for (const url of ['/hls/a/b/video/1-7.m4s', '/hls/a/b/video/1-7.2.m4s?x=.m3u8', '/hls/a/b/video/init-1.mp4']) {
      assert.equal(withViewer(url, 'v1'), url);
    }
  });

  test('know the stream of a watch page', () => {
    assert.equal(streamOfWatchPath('/watch/live/main'), 'live/main');
    assert.equal(streamOfWatchPath('/watch/live/a%20b/'), 'live/a%20b');
    assert.equal(streamOfWatchPath('/watch/live'), undefined);
  });

  test('viewer ids are hexadecimal', () => {
    assert.equal(viewerId(Uint8Array.of(0, 171, 255)), '00abff');
  });
});

describe('errors', () => {
  const data = { type: 'networkError', details: 'manifestLoadError', fatal: true };

  test('tell a stream that is not there from a server that is not', () => {
    assert.deepEqual(toPlayerError({ ...data, status: 404 }, []), { kind: 'absent', fatal: true });
    assert.deepEqual(toPlayerError({ ...data, status: 503 }, []), { kind: 'network', fatal: true, detail: 'manifestLoadError', status: 503 });
    assert.deepEqual(toPlayerError({ ...data, status: 0 }, []), { kind: 'network', fatal: true, detail: 'manifestLoadError' });
    assert.equal(toPlayerError({ ...data, details: 'fragLoadError', status: 404 }, []).kind, 'network');
  });

  test('name the codecs that do not play', () => {
    const error = toPlayerError({ type: 'mediaError', details: 'manifestIncompatibleCodecsError', fatal: true }, ['H.265 (HEVC)']);
    assert.deepEqual(error, { kind: 'codec', fatal: true, codecs: ['H.265 (HEVC)'] });
    assert.equal(describeError(error), 'this browser cannot play H.265 (HEVC)');
  });

  test('keep what is not fatal apart', () => {
    assert.deepEqual(toPlayerError({ type: 'mediaError', details: 'bufferStalledError', fatal: false }, []),
      { kind: 'media', fatal: false, detail: 'bufferStalledError' });
  });
});

describe('stream facts', () => {
  test('are read as far as they are there', () => {
    const [facts] = readStreams({
      streams: [
        {
          path: 'live/main', state: 'live', epoch: 17, uptimeSeconds: 61, viewers: 3, frameRate: 29.7,
          publisher: { agent: 'OBS 29', protocol: 'rtmp' },
          tracks: [{ kind: 'video', codecs: 'avc1.64001f', width: 1280, height: 720, frameRate: 30 }, { kind: 'audio', codecs: 'mp4a.40.2', sampleRate: 48_000, channels: 2 }],
          videoBitrateBps: 2_500_000, warnings: [{ code: 'no-key-frame', text: 'no key frame in 30 s' }],
        },
        { nothing: true }, null, 7,
      ],
    });
    assert.equal(facts?.path, 'live/main');
    assert.equal(facts?.state, 'live');
    assert.deepEqual(facts?.video, { codec: 'avc1.64001f', width: 1280, height: 720, frameRate: 30 });
    assert.equal(facts?.audio?.channels, 2);
    assert.equal(facts?.audioBps, 0);
    assert.deepEqual(facts?.warnings, [{ code: 'no-key-frame', text: 'no key frame in 30 s' }]);
    assert.match(adviceFor('no-key-frame') ?? '', /start it again/);
    assert.equal(adviceFor('something-else'), undefined);
    assert.equal(sentence('no key frame in 30 s'), 'No key frame in 30 s.');
    assert.equal(readStreams('nonsense').length, 0);
  });

  test('come with the port where the node takes publishers', () => {
    assert.equal(readRtmpPort({ ingest: { rtmpPort: 1936 } }), 1936);
    for (const wrong of [{}, { ingest: { rtmpPort: '1936' } }, { ingest: { rtmpPort: 70_000 } }]) assert.equal(readRtmpPort(wrong), undefined);
  });

  test('become answers for a waiting page', () => {
    assert.deepEqual(answerOf(200, { path: 'live/main', state: 'live', epoch: 17 }), { kind: 'live', epoch: 17 });
    assert.deepEqual(answerOf(200, { path: 'live/main', state: 'waiting' }), { kind: 'waiting' });
    assert.deepEqual(answerOf(404, undefined), { kind: 'absent' });
    assert.equal(answerOf(503, undefined).kind, 'unreachable');
    assert.equal(answerOf(200, '<html>').kind, 'unreachable');
  });
});
