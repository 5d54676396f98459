import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { playableManifest } from '../src/core/manifest';

const manifest = (codecs: string) => `#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",URI="audio/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="${codecs}",RESOLUTION=2x2,AUDIO="audio"
video/index.m3u8
`;
const noMp3 = (codec: string) => codec !== 'mp4a.6B';

describe('multivariant playlist', () => {
  test('stays as it is where everything plays', () => {
    const text = manifest('avc1.64001f,mp4a.40.2');
    assert.deepEqual(playableManifest(text, noMp3), { text, silenced: [] });
  });

  test('loses the sound that does not play', () => {
    const { text, silenced } = playableManifest(manifest('avc1.64001f,mp4a.6B'), noMp3);
    assert.deepEqual(silenced, ['MP3']);
    assert.equal(
      text,
      '#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.64001f",RESOLUTION=2x2\nvideo/index.m3u8\n',
    );
  });

  test('stays as it is where the picture does not play either, or there is none', () => {
    for (const codecs of ['hvc1.1.6.L93.B0,mp4a.6B', 'mp4a.6B']) {
      const text = manifest(codecs);
      assert.deepEqual(playableManifest(text, (codec) => codec === 'mp4a.40.2'), { text, silenced: [] });
    }
  });
});
