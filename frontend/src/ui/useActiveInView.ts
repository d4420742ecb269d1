// A row of ways that is wider than the screen shows the one that is open.
import { type RefObject, useEffect, useRef } from "react";

/** For the row's element; `shown` changes when another way is open. */
export function useActiveInView<T extends HTMLElement>(shown: string): RefObject<T | null> {
  const row = useRef<T>(null);
  useEffect(() => {
    const box = row.current;
    const active = box?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!shown || !box || !active || box.scrollWidth <= box.clientWidth) return;
    box.scrollLeft = active.offsetLeft - box.offsetLeft - (box.clientWidth - active.offsetWidth) / 2;
  }, [shown]);
  return row;
}
