// The present, ticking: for clocks and running durations.
import { useCallback, useSyncExternalStore } from "react";

type Clock = { now: number; listeners: Set<() => void>; timer: ReturnType<typeof setInterval> | undefined };

/** One timer for everything that ticks alike: forty clocks on a page are then drawn at once, not forty times a second. */
const clocks = new Map<number, Clock>();

function clockOf(everyMs: number): Clock {
  let clock = clocks.get(everyMs);
  if (!clock) {
    clock = { now: Date.now(), listeners: new Set(), timer: undefined };
    clocks.set(everyMs, clock);
  }
  return clock;
}

function listen(everyMs: number, listener: () => void): () => void {
  const clock = clockOf(everyMs);
  clock.listeners.add(listener);
  if (clock.timer === undefined) {
    clock.now = Date.now();
    clock.timer = setInterval(() => {
      clock.now = Date.now();
      for (const one of clock.listeners) one();
    }, everyMs);
  }
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

/** Nobody listens yet: what was read before the first drawing must be the present, not when the last listener left. */
function read(everyMs: number): number {
  const clock = clockOf(everyMs);
  if (clock.timer === undefined && Date.now() - clock.now >= everyMs) clock.now = Date.now();
  return clock.now;
}

/** Milliseconds since 1970 by this device's clock, renewed every `everyMs`. */
export function useNow(everyMs = 1000): number {
  return useSyncExternalStore(
    useCallback((listener: () => void) => listen(everyMs, listener), [everyMs]),
    () => read(everyMs),
  );
}
