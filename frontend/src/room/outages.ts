// When a time without a line is an outage worth telling. The server notes every gap; what was not seen counts either way.

/**
 * Seconds. A page that is reloaded or a phone that changes its network is gone for one or two; our client says something
 * every five, so that only a longer gap has cost a word of it. Time that was given back is told however short it was.
 */
export const SHORTEST = 5;

export function isOutage(seconds: number, credited = 0): boolean {
  return seconds >= SHORTEST || credited >= 1;
}
