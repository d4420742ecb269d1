// A choice that stays on this device: density of the wall, sound on or off.
import { useCallback, useState } from "react";

function read<T>(key: string, known: (value: unknown) => value is T, first: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return known(stored) ? stored : first;
  } catch {
    return first;
  }
}

/** `known` tells whether what was stored, perhaps by an older build, still means something. */
export function useRemembered<T>(key: string, known: (value: unknown) => value is T, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() => read(key, known, first));
  const change = useCallback(
    (next: T) => {
      setValue(next);
      localStorage.setItem(key, JSON.stringify(next));
    },
    [key],
  );
  return [value, change];
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}
