/** Icons as outlines on a 24 × 24 grid, drawn for this project. */
const PATHS = {
  play: 'M8 5.2v13.6L19 12z',
  pause: 'M7 5h3.6v14H7zM13.4 5H17v14h-3.6z',
  sound: 'M4 9.5h3.4L12 5.4v13.2l-4.6-4.1H4zM14.6 8.4a5 5 0 0 1 0 7.2M17 6a8.4 8.4 0 0 1 0 12',
  muted: 'M4 9.5h3.4L12 5.4v13.2l-4.6-4.1H4zM15 9.6l5 4.8M20 9.6l-5 4.8',
  fullscreen: 'M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15',
  windowed: 'M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5',
  quality: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5M15 5v4M9 10v4M13 15v4',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  stats: 'M5 19.5V11M10 19.5v-14M15 19.5v-6M20 19.5V8.5',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
