// How long to wait before trying again: exponential with full jitter, so that a thousand clients do not come back at once.

export const FIRST_MS = 500;
export const LONGEST_MS = 30_000;
/** What each wait may be longer than the one before: so nobody waits longer than the server was away, about. */
const SLOWING = 1.5;

/** `attempt` counts from 0; `random` is in 0..1. Gives milliseconds in 0.5–30 s. */
export function retryDelay(attempt: number, random: number = Math.random()): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * SLOWING ** Math.min(attempt + 1, 16));
  return FIRST_MS + random * (ceiling - FIRST_MS);
}
