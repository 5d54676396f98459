// Runs in a watch page before its own scripts, for BrowserLadderIT: notes every picture that the video shows with the number
// in it (millraceBarCode, see BarCode.java), every seek, and, once listen() was called, how loud the sound is.
window.recorded = { pictures: [], seeks: [], blocks: [], blockMs: 0 };
/** Below this peak nothing is heard; the publisher's tone is about ten times as loud. */
const SILENT = 0.002;
{
  const start = () => {
    const video = document.querySelector('millrace-player')?.video;
    if (!video) return void setTimeout(start, 20);
    video.addEventListener('seeking', () => recorded.seeks.push({ at: performance.now(), to: video.currentTime }));
    const onPicture = (now, { mediaTime }) => {
      recorded.pictures.push({
        at: performance.now(),
        mediaTime,
        currentTime: video.currentTime,
        width: video.videoWidth,
        number: millraceBarCode(video),
      });
      video.requestVideoFrameCallback(onPicture);
    };
    video.requestVideoFrameCallback(onPicture);
  };
  start();
}
/** The picture above the seek bar, while one is shown. */
window.thumbnail = () => document.querySelector('millrace-player').shadowRoot.querySelector('.preview:not([hidden]) img:not([hidden])');
window.thumbnailNumber = () => millraceBarCode(thumbnail());
/** Turns the sound on and notes the peak of every 128 samples of it. */
window.listen = async () => {
  const { video } = document.querySelector('millrace-player');
  video.muted = false;
  const context = new AudioContext();
  const ear = `registerProcessor('ear', class extends AudioWorkletProcessor {
    process([input]) {
      this.port.postMessage(Math.max(0, ...(input[0] ?? []).map(Math.abs)));
      return true;
    }
  });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([ear], { type: 'text/javascript' })));
  const node = new AudioWorkletNode(context, 'ear');
  recorded.blockMs = (128 / context.sampleRate) * 1000;
  node.port.onmessage = ({ data }) => recorded.blocks.push({ at: performance.now(), peak: data });
  context.createMediaElementSource(video).connect(node).connect(context.destination);
  await context.resume();
};
/** What was seen and heard since an instant of performance.now(), in a few numbers. */
window.summary = (since, fps) => {
  const from = ({ at }) => at >= since;
  const pictures = recorded.pictures.filter(from);
  const blocks = recorded.blocks.filter(from);
  const s = {
    pictures: pictures.length,
    unread: pictures.filter(({ number }) => number < 0).length,
    /** Longest time between two pictures, and longest stretch of media that was not shown. */
    longestMs: 0,
    longestStep: 0,
    backwards: 0,
    /** How far currentTime ran away from the clock between two pictures, beyond what the playback rate may. */
    drift: 0,
    /** Picture number less media time in pictures; the same at the beginning and the end unless pictures are lost or doubled. */
    offsets: [],
    seeks: recorded.seeks.filter(from).map(({ to }) => to),
    heardMs: blocks.filter(({ peak }) => peak >= SILENT).length * recorded.blockMs,
    /** Longest time without sound. */
    silentMs: 0,
  };
  for (let i = 1; i < pictures.length; i++) {
    const [a, b] = [pictures[i - 1], pictures[i]];
    s.longestMs = Math.max(s.longestMs, b.at - a.at);
    s.longestStep = Math.max(s.longestStep, b.mediaTime - a.mediaTime);
    if (b.mediaTime < a.mediaTime - 0.001 || b.number < a.number) s.backwards++;
    const wall = (b.at - a.at) / 1000;
    const moved = b.currentTime - a.currentTime;
    s.drift = Math.max(s.drift, moved - wall * 1.08, wall * 0.95 - moved);
  }
  let silent = 0;
  for (const { peak } of blocks) {
    silent = peak < SILENT ? silent + recorded.blockMs : 0;
    s.silentMs = Math.max(s.silentMs, silent);
  }
  // A busy page reads a picture that is newer than the one whose time it is told: the least offset of some pictures is right.
  const offsets = pictures.map(({ number, mediaTime }) => number - Math.round(mediaTime * fps));
  for (let i = 0; i + 15 <= offsets.length; i += 15) s.offsets.push(Math.min(...offsets.slice(i, i + 15)));
  s.offsets = [...new Set(s.offsets)].sort((a, b) => a - b);
  return s;
};
