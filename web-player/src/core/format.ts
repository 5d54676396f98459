/** What people read: short, with units, never "NaN". */

const NONE = '–';

export function formatBitrate(bps: number): string {
  if (!Number.isFinite(bps) || bps <= 0) return NONE;
  if (bps >= 999_500) return `${(bps / 1e6).toFixed(bps >= 9_950_000 ? 0 : 1)} Mbit/s`;
  return `${Math.max(1, Math.round(bps / 1e3))} kbit/s`;
}

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return NONE;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

export function formatSeconds(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds.toFixed(2)} s` : NONE;
}

/** 42 s, 3 min 05 s, 2 h 07 min, 3 d 4 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return NONE;
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** At most two decimals, and none that say nothing: 30, 29.97, 12.5. */
export function formatFrameRate(fps: number): string {
  if (!Number.isFinite(fps) || fps <= 0) return NONE;
  return `${Number(fps.toFixed(2))} fps`;
}

export function formatCount(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
