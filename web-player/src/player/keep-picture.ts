/** Largest width of the picture that stands in for the video. */
const MAX_WIDTH = 960;

/** Shows the picture that is on the screen until another one comes, where the video loses its source in between. */
export function keepPicture(video: HTMLVideoElement): void {
  if (video.videoWidth === 0) return;
  const canvas = document.createElement('canvas');
  canvas.width = Math.min(MAX_WIDTH, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  video.poster = canvas.toDataURL('image/jpeg', 0.8);
}
