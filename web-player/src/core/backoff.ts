import type { PlayerConfig } from './config';
import type { Command } from './machine';

/**
 * How long to wait before attempt number `attempt` (0 is the first retry): doubling from `firstMs`, bounded by `maxMs`,
 * with up to a fifth taken off at random so that the viewers of a server that restarts do not return in one instant.
 *
 * @param random a number in [0, 1)
 */
export function backOffMs(attempt: number, firstMs: number, maxMs: number, random: number): number {
  const doubled = firstMs * 2 ** Math.min(Math.max(attempt, 0), 30);
  return Math.round(Math.min(doubled, maxMs) * (1 - random / 5));
}

/** Milliseconds until the server is asked, as the state machine wants it. */
export function waitMs(when: (Command & { kind: 'ask' })['when'], config: PlayerConfig, random: number): number {
  if (when === 'now') return 0;
  if (when === 'soon') return config.pollMs;
  return backOffMs(when.attempt, config.retryFirstMs, config.retryMaxMs, random);
}
