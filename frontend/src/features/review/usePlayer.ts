// A moment that can be moved along the sitting, and played faster than it was.
import { useCallback, useEffect, useState } from "react";
import type { Scale } from "./lanes";

export const SPEEDS = [1, 4, 10, 30, 60] as const;
const TICK_MS = 200;

export type Player = {
  /** The moment looked at, ms since 1970. */
  at: number;
  playing: boolean;
  speed: number;
  seek: (at: number) => void;
  toggle: () => void;
  changeSpeed: (step: 1 | -1) => void;
};

export function usePlayer(scale: Scale, first: number): Player {
  const [at, setAt] = useState(first);
  const [playing, setPlaying] = useState(false);
  const [speedAt, setSpeedAt] = useState(2);
  const speed = SPEEDS[speedAt] ?? 1;
  const { from, to } = scale;
  const seek = useCallback((wanted: number) => setAt(Math.min(to, Math.max(from, wanted))), [from, to]);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setAt((known) => Math.min(to, known + TICK_MS * speed)), TICK_MS);
    return () => clearInterval(timer);
  }, [playing, speed, to]);
  const toggle = useCallback(() => setPlaying((known) => !known), []);
  const changeSpeed = useCallback(
    (step: 1 | -1) => setSpeedAt((known) => Math.min(SPEEDS.length - 1, Math.max(0, known + step))),
    [],
  );
  return { at, playing: playing && at < to, speed, seek, toggle, changeSpeed };
}
